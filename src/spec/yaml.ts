import { dirname, resolve } from 'node:path';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import { messageOf, SpecError } from '../errors.ts';
import { isMap as isPlainMap, JobDocument, type Path, type Place } from './document.ts';
import { excerpt } from './excerpt.ts';

/** In UTF-16 units; no job is so long, and the parser takes its time. */
const maxLength = 1_000_000;
/** What a jobfile may expand to; more is a bomb of aliases, not a job. */
const maxValues = 100_000;
const maxDepth = 100;

/** Reads a jobfile. `file` is its name as the user wrote it. Throws SpecError for what is no YAML map. */
export function readYaml(text: string, file: string): JobDocument {
  const lines = new LineCounter();
  const directory = dirname(resolve(file));
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    const place = `${file}:${line}:${col}`;
    return { place, excerpt: excerpt(text, line, col), layer: 'jobfile', directory };
  };

  if (text.length > maxLength) {
    throw new SpecError(`a jobfile has at most ${maxLength} characters`, {
      place: file,
      hint: 'is it the right file?',
    });
  }
  const document = parse(text, lines, at);
  const value = expand(document, at(0));
  if (value === null) throw new SpecError('the jobfile is empty', { ...at(0), hint: 'see sluice init' });
  if (!isPlainMap(value)) {
    throw new SpecError('a jobfile is a map of options', { ...at(0), hint: 'start with sources:' });
  }
  return new JobDocument(value, (path, part, character = 0) => {
    const offset = offsetOf(document, path, part);
    return at(offset + charactersBefore(text.slice(offset), character));
  });
}

function parse(text: string, lineCounter: LineCounter, at: (offset: number) => Place): Document.Parsed {
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true, logLevel: 'error' });
  } catch (error) {
    throw new SpecError(`the jobfile can't be read: ${messageOf(error)}`, at(0));
  }
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault === undefined) return document;
  const said = /call stack/i.test(fault.message) ? tooDeep : lowerFirst(fault.message);
  const [message, hint] = faults[fault.code] ?? [said, undefined];
  throw new SpecError(message, { ...at(fault.pos[0]), hint });
}

/** The parser's own recursion, and not a fault of the text at that place. */
const tooDeep = 'the jobfile is nested too deeply';

const faults: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  DUPLICATE_KEY: ['this key is there twice', 'remove one'],
  MULTIPLE_DOCS: ['a jobfile holds one job', 'put what follows --- into a file of its own'],
  UNEXPECTED_TOKEN: [
    'this does not belong to what stands before it',
    'check the indentation and the brackets',
  ],
  TAG_RESOLVE_FAILED: ['a jobfile has no tags', 'remove it, or put the text in quotes'],
  TAB_AS_INDENT: ['a tab is no indentation in YAML', 'indent with spaces'],
};

function lowerFirst(message: string): string {
  return message.slice(0, 1).toLowerCase() + message.slice(1);
}

/** The document as plain values, with aliases copied out, so that laying one over changes no other. */
function expand(document: Document.Parsed, start: Place): unknown {
  let left = maxValues;
  const copy = (value: unknown, depth: number): unknown => {
    if (left-- === 0 || depth > maxDepth) throw new RangeError('too large or too deep');
    if (Array.isArray(value)) return value.map((one) => copy(one, depth + 1));
    if (!isPlainMap(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copy(one, depth + 1)]));
  };
  try {
    return copy(document.toJS({ maxAliasCount: 1000 }), 0);
  } catch (error) {
    const why = error instanceof RangeError ? 'it is too large or too deep' : lowerFirst(messageOf(error));
    throw new SpecError(`the jobfile can't be expanded: ${why}`, {
      ...start,
      hint: 'look at its aliases (*name)',
    });
  }
}

/** The offset of the part at `path`, or of the nearest part around it that is there. */
function offsetOf(document: Document.Parsed, path: Path, part: 'key' | 'value'): number {
  let node: unknown = document.contents;
  let offset = start(node) ?? 0;
  for (const [depth, name] of path.entries()) {
    const found = child(document, node, name);
    if (found === undefined) break;
    const last = depth === path.length - 1;
    offset = (last && part === 'key' ? start(found.key) : start(found.value)) ?? start(found.key) ?? offset;
    node = found.value;
  }
  return offset;
}

/** How far into a scalar's source a character of its value stands; 0 where escapes or folded lines hide it. */
function charactersBefore(source: string, character: number): number {
  if (character === 0) return 0;
  const quote = /^["']/.test(source) ? 1 : 0;
  const before = source.slice(0, quote + character);
  const isVerbatim = !/[\n\\]|''/.test(before) && !/^[|>*&!]/.test(source);
  return isVerbatim ? before.length : 0;
}

function child(
  document: Document.Parsed,
  parent: unknown,
  name: PropertyKey,
  depth = 0,
): { key: unknown; value: unknown } | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  if (isSeq(node)) return { key: undefined, value: node.items[Number(name)] };
  if (!isMap(node) || depth > maxDepth) return undefined;
  const own = node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(name));
  if (own !== undefined) return own;
  for (const pair of node.items) {
    if (!isMergeKey(pair.key)) continue;
    for (const source of isSeq(pair.value) ? pair.value.items : [pair.value]) {
      const found = child(document, source, name, depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** `<<`, which the parser turns into a symbol. */
function isMergeKey(node: unknown): boolean {
  return isScalar(node) && (typeof node.value === 'symbol' ? node.value.description : node.value) === '<<';
}

function start(node: unknown): number | undefined {
  if (isPair(node)) return start(node.key);
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
