import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { SpecError } from '../errors.ts';
import { isMap, type JobDocument, type Path } from './document.ts';
import { excerpt } from './excerpt.ts';
import { metaOf, optionNames, schemaAt } from './schema.ts';
import { anyOf, suggest } from './suggest.ts';

const LONGEST_LINE = 1_000_000;

/** A job with mistakes: the first is the error itself, the others follow it. */
export class InvalidJob extends SpecError {
  readonly others: readonly SpecError[];

  constructor(first: SpecError, others: readonly SpecError[]) {
    super(first.message, first);
    this.others = others;
  }
}

/** Throws them in the order in which a person meets them in the jobfile. */
export function throwIfAny(problems: readonly SpecError[]): void {
  const [first, ...others] = problems.toSorted((one, other) => positionOf(one) - positionOf(other));
  if (first !== undefined) throw new InvalidJob(first, others);
}

/** Of a place such as `job.yaml:12:7`; what is in no file comes first. */
function positionOf({ place = '' }: SpecError): number {
  const [, line = 0, column = 0] = /:(\d+):(\d+)$/.exec(place) ?? [];
  return Number(line) * LONGEST_LINE + Number(column);
}

/** What a schema was asked to read, and where. */
export interface Reading {
  readonly document: JobDocument;
  /** The place of the value in the document. */
  readonly path: Path;
  readonly schema: z.ZodType;
  /** The value as it was written: messages repeat this one, never a resolved secret. */
  readonly written: unknown;
  /** Options that the value may have besides the schema's own. */
  readonly alsoKnown?: readonly string[];
}

type Issue = z.core.$ZodIssue;

/** One line for each thing that the schema found wrong. */
export function problemsOf(issues: readonly Issue[], reading: Reading): SpecError[] {
  const unknown = issues.filter((issue) => issue.code === 'unrecognized_keys');
  const others = issues.filter(
    (issue) => issue.code !== 'unrecognized_keys' && !isOfMisspelt(issue, unknown),
  );
  const misspelt = unknown.flatMap((issue) => explain(issue, reading));
  const isMisspelt = ({ message }: SpecError) =>
    misspelt.some(
      ({ hint }) => hint?.startsWith('did you mean') && message === `${hint.slice(13, -1)} is missing`,
    );
  return [
    ...misspelt,
    ...others.flatMap((issue) => explain(issue, reading)).filter((one) => !isMisspelt(one)),
  ];
}

/** What a map lacks as a whole may be what is misspelt in it. */
function isOfMisspelt({ code, path }: Issue, unknown: readonly Issue[]): boolean {
  return code === 'custom' && unknown.some((issue) => isDeepStrictEqual(issue.path, path));
}

function explain(issue: Issue, reading: Reading): SpecError[] {
  const at = [...reading.path, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const schema = schemaAt(reading.schema, issue.path);
    const known = [...optionNames(schema), ...(issue.path.length === 0 ? (reading.alsoKnown ?? []) : [])];
    return issue.keys.map((name) => unknownOption(reading.document, [...at, name], known));
  }
  if (issue.code === 'invalid_union') {
    const nearest = nearestBranch(issue.errors);
    if (nearest !== undefined) return nearest.flatMap((one) => explain(within(issue, one), reading));
  }
  const path = writtenPart(reading.written, issue.path);
  if (path.length < issue.path.length) return explain({ ...issue, path }, reading);
  const value = valueAt(reading.written, path);
  const meta = metaOf(schemaAt(reading.schema, path));
  const subject = subjectOf(reading.document, at);
  if (value === undefined) {
    const hint = meta.description === undefined ? undefined : `it is ${lowerFirst(meta.description)}`;
    return [new SpecError(`${quoteLast(at)} is missing`, { ...reading.document.place(at, 'key'), hint })];
  }
  const misread = expressionProblem(issue);
  if (misread !== undefined && misread.place === undefined) {
    return [new SpecError(misread.message, { ...reading.document.place(at), hint: misread.hint })];
  }
  if (misread !== undefined) {
    const [line = 1, column = 1] = (misread.place ?? '').split(':').map(Number);
    return [inExpression(misread, { text: value, line, column }, reading.document, at)];
  }
  const hint = wayOut(issue, value);
  const predicate = sentence(subject, issue);
  const isHidden = meta.secret === true || predicate.endsWith('empty') || isAboutOthers(issue);
  const shown = isHidden ? '' : `, not ${show(value)}`;
  return [new SpecError(`${predicate}${shown}`, { ...reading.document.place(at), hint })];
}

/** Whether a value is wrong only beside others (`params: { besideOthers: true }`): what it is explains nothing. */
function isAboutOthers(issue: Issue): boolean {
  return issue.code === 'custom' && issue.params?.besideOthers === true;
}

/** The mistake in an expression, with its own place in the expression's text; or in a name of a map. */
function expressionProblem(issue: Issue): SpecError | undefined {
  if (issue.code === 'invalid_key') return issue.issues.map(expressionProblem).find(Boolean);
  const problem = issue.code === 'custom' ? issue.params?.problem : undefined;
  return problem instanceof SpecError ? problem : undefined;
}

/** A mistake at a line and column, from 1, of the expression `text`, which stands at `path`. */
export function inExpression(
  { message, hint }: SpecError,
  { text, line, column }: { readonly text: unknown; readonly line: number; readonly column: number },
  document: JobDocument,
  path: Path,
): SpecError {
  // `{ $sum: value }` has become an expression: its operand is as near as one comes.
  if (isMap(text))
    return new SpecError(message, { ...document.place([...path, ...Object.keys(text)]), hint });
  if (Array.isArray(text)) return new SpecError(message, { ...document.place(path), hint });
  const where = line === 1 ? document.placeInside(path, column - 1) : document.place(path);
  if (where.layer === 'jobfile') return new SpecError(message, { ...where, hint });
  return new SpecError(message, { ...where, excerpt: excerpt(String(text), line, column), hint });
}

function unknownOption(document: JobDocument, path: Path, known: readonly string[]): SpecError {
  const name = String(path.at(-1));
  // One of another branch of a union.
  if (known.includes(name)) {
    return new SpecError(`the option ${JSON.stringify(name)} does not go with the others here`, {
      ...document.place(path, 'key'),
      hint: listing(document, path),
    });
  }
  return new SpecError(`unknown option ${JSON.stringify(name)}`, {
    ...document.place(path, 'key'),
    hint: suggest(name, known) ?? listing(document, path),
  });
}

/** The command that lists what could stand at this place. */
function listing(document: JobDocument, path: Path): string {
  const type = document.get([...path.slice(0, 2), 'type']);
  return typeof type === 'string' ? `sluice components ${type} has them all` : 'sluice schema has them all';
}

/** An issue of one branch of a union, seen from where the union is. */
function within(union: Issue, issue: Issue): Issue {
  return { ...issue, path: [...union.path, ...issue.path] };
}

/** The branch that the value was meant for: the one that took its type and found fault inside. */
function nearestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const misses = (issue: Issue) =>
    issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
  return branches.find((issues) => !issues.some(misses));
}

function sentence(subject: string, issue: Issue): string {
  const predicate = predicateOf(issue);
  if (subject === '') return predicate;
  return /^(must|needs?|takes|has|is|can|may) /.test(predicate)
    ? `${subject} ${predicate}`
    : `${subject}: ${predicate}`;
}

/** What zod says, in our words; a definition's own message is taken as it is. */
function predicateOf(issue: Issue): string {
  if (!/^(Invalid|Too (small|big)|Unrecognized)/.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeNames[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${anyOf(issue.values.map(String))}`;
    case 'too_small':
      return bound(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum);
    case 'too_big':
      return bound(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum);
    case 'invalid_format':
      return issue.message.replace(/^Invalid string: /, '').replace(/^Invalid /, 'must be a valid ');
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_union':
      return `must be ${anyOf(unionTypes(issue))}`;
    default:
      return 'is not valid';
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
  null: 'null',
};

function unionTypes(issue: Issue & { code: 'invalid_union' }): string[] {
  if ('options' in issue && Array.isArray(issue.options)) return issue.options.filter(isGiven).map(String);
  const types = issue.errors.flat().flatMap((one) => {
    if (one.code === 'invalid_type') return [typeNames[one.expected] ?? one.expected];
    return one.code === 'invalid_value' ? one.values.map(String) : [];
  });
  return [...new Set(types)];
}

/** An option that may be left out counts as one that may be undefined. */
function isGiven(option: unknown): boolean {
  return option !== undefined;
}

function bound(origin: string, relation: string, limit: number | bigint): string {
  if (origin === 'number' || origin === 'int') return `must be ${relation} ${limit}`;
  if (relation === 'at least' && Number(limit) === 1) return 'must not be empty';
  return `must have ${relation} ${limit} ${origin === 'string' ? 'characters' : 'entries'}`;
}

function subjectOf(document: JobDocument, path: Path): string {
  if (document.isLaid(path) && document.place(path).namesOption === true) return '';
  return JSON.stringify(String(path.filter((part) => typeof part === 'string').at(-1) ?? ''));
}

function quoteLast(path: Path): string {
  return JSON.stringify(String(path.at(-1) ?? ''));
}

function wayOut(issue: Issue, value: unknown): string | undefined {
  if (issue.code === 'invalid_value') {
    if (typeof value === 'object') return undefined;
    const hint = suggest(String(value), issue.values.map(String));
    return hint?.startsWith('did you mean') ? hint : undefined;
  }
  const isUnquoted = typeof value === 'number' || typeof value === 'boolean';
  return issue.code === 'invalid_type' && issue.expected === 'string' && isUnquoted
    ? 'put it in quotes'
    : undefined;
}

function show(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty map' : 'a map';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The path as far as the value was written: a text that stands for a list has no parts. */
function writtenPart(written: unknown, path: PropertyKey[]): PropertyKey[] {
  const length = path.findIndex((_, depth) => {
    const outer = valueAt(written, path.slice(0, depth));
    return outer !== undefined && (typeof outer !== 'object' || outer === null);
  });
  return length === -1 ? path : path.slice(0, length);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((outer, name) => {
    if (Array.isArray(outer)) return outer[Number(name)];
    return isMap(outer) && Object.hasOwn(outer, name) ? outer[String(name)] : undefined;
  }, value);
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.slice(0, 1).toLowerCase() + text.slice(1) : text;
}
