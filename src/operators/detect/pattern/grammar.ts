import { splitList } from '../../../component/options.ts';
import { parseDuration } from '../../../duration.ts';
import { SpecError } from '../../../errors.ts';
import { aggregatesOf } from '../../../expression/analyse.ts';
import { Cursor } from '../../../expression/cursor.ts';
import { parseLeadingExpression } from '../../../expression/parse.ts';
import { problemAt, type Text } from '../../../expression/problem.ts';
import type { Expression, Node } from '../../../expression/tree.ts';

/**
 * A pattern, parsed:
 *
 *     pattern  = condition IN duration [WHERE expression] [GROUP BY key, …]
 *              | expression THEN [NOT] expression IN duration [WHERE expression] [GROUP BY key, …]
 *
 * A condition is an expression over aggregates (`COUNT(*) > 10 AND AVG(value) > 5`); the expressions of a sequence are of
 * single events. In all of them `"…"` is a text, like `'…'`.
 */
export type Pattern = Burst | Sequence;

interface Common {
  readonly text: string;
  /** In milliseconds. */
  readonly length: number;
  readonly where: Expression | undefined;
  /** As keys are written. */
  readonly groupBy: readonly string[];
}

/** Something about the events of some time, taken together. */
export interface Burst extends Common {
  readonly kind: 'burst';
  readonly condition: Expression;
  /** Where the condition ends in the text, which begins with it. */
  readonly conditionEnd: number;
}

/** One event, and then another, or none. */
export interface Sequence extends Common {
  readonly kind: 'sequence';
  readonly first: Expression;
  readonly second: Expression;
  readonly absent: boolean;
}

/** Throws SpecError with a caret. */
export function parsePattern(text: string, place?: string): Pattern {
  const source: Text = { text, place };
  const { expression: first, end } = expressionAt(source, 0);
  const words = cursorAt(source, end);
  if (words.isWord('THEN')) return parseSequence(source, first, words.token.end);
  checkCondition(first, 'a condition such as COUNT(*) > 10');
  if (aggregatesOf(first).length === 0) {
    throw problemAt(
      source,
      first.root.start,
      'this aggregates nothing',
      "for example COUNT(*) > 10 IN 30s, or a sequence: action = 'a' THEN action = 'b' IN 5m",
    );
  }
  return { kind: 'burst', condition: first, conditionEnd: end, ...parseRest(source, end) };
}

function parseSequence(source: Text, first: Expression, from: number): Sequence {
  const words = cursorAt(source, from);
  const absent = words.isWord('NOT');
  const { expression: second, end } = expressionAt(source, absent ? words.token.end : from);
  for (const each of [first, second]) {
    checkCondition(each, "a condition such as action = 'pay'");
    const [aggregate] = aggregatesOf(each);
    if (aggregate === undefined) continue;
    throw problemAt(
      source,
      aggregate.start,
      `${aggregate.name} is an aggregate, and a sequence is of single events`,
      'leave THEN out, or compare fields',
    );
  }
  return { kind: 'sequence', first, second, absent, ...parseRest(source, end) };
}

/** `IN duration [WHERE expression] [GROUP BY key, …]`, to the end. */
function parseRest(source: Text, from: number): Common {
  const words = cursorAt(source, from);
  if (!words.isWord('IN')) throw words.unexpected('IN and a duration', 'for example COUNT(*) > 10 IN 30s');
  const { length, end } = durationAt(source, words.token.end);
  let rest = cursorAt(source, end);
  let where: Expression | undefined;
  if (rest.isWord('WHERE')) {
    const parsed = expressionAt(source, rest.token.end);
    where = parsed.expression;
    checkCondition(where, "a condition such as action = 'click'");
    rest = cursorAt(source, parsed.end);
  }
  const common = { text: source.text.trim(), length, where };
  if (rest.token.kind === 'end') return { ...common, groupBy: [] };
  if (!rest.isWord('GROUP')) throw rest.unexpected('WHERE, GROUP BY or the end');
  rest.advance();
  if (!rest.isWord('BY')) throw rest.unexpected('BY');
  const keys = splitList(source.text.slice(rest.token.end));
  if (keys.includes(''))
    throw problemAt(source, rest.token.end, 'a key is missing after BY', 'for example GROUP BY user_id');
  return { ...common, groupBy: keys };
}

const DURATION = /\s*(\d+(?:\.\d+)?(?:ms|s|m|h|d))(?![\p{L}\p{N}_])/uy;

function durationAt(source: Text, from: number): { length: number; end: number } {
  DURATION.lastIndex = from;
  const [, written] = DURATION.exec(source.text) ?? [];
  const length = written === undefined ? 0 : parseDuration(written);
  if (length > 0) return { length, end: DURATION.lastIndex };
  const start = from + (/^\s*/.exec(source.text.slice(from))?.[0].length ?? 0);
  throw problemAt(
    source,
    start,
    'expected a duration longer than 0',
    'it is written as 500ms, 30s, 5m, 1h or 1d',
  );
}

const options = { doubleQuotes: 'string' } as const;

function expressionAt({ text, place }: Text, offset: number) {
  return parseLeadingExpression(text, offset, place === undefined ? options : { ...options, place });
}

function cursorAt(source: Text, offset: number): Cursor {
  return new Cursor(source, { offset, ...options });
}

const arithmetic: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '||']);

/** What can only be a number or a text is never TRUE. */
function checkCondition(expression: Expression, expected: string): void {
  const { root } = expression;
  if (isNoCondition(root))
    throw problemAt(expression, root.start, 'this is never true or false', `it must be ${expected}`);
}

function isNoCondition(node: Node): boolean {
  switch (node.kind) {
    case 'literal':
      return typeof node.value !== 'boolean';
    case 'binary':
      return arithmetic.has(node.operator);
    case 'unary':
      return node.operator === '-';
    case 'cast':
      return node.type !== 'BOOLEAN';
    case 'aggregate':
      return true;
    default:
      return false;
  }
}

/** `name=pattern`, or a pattern alone, whose name is its text. A name has no space before its `=`. */
export function parseNamed(text: string): { name: string; condition: string } {
  const [, name, condition] = /^\s*([A-Za-z_][\w-]*)=(.+)$/s.exec(text) ?? [];
  if (name === undefined || condition === undefined || !isPattern(condition)) {
    const isMeant = name !== undefined && !isPattern(text);
    return isMeant ? { name, condition: condition! } : { name: text.trim(), condition: text };
  }
  return { name, condition };
}

function isPattern(text: string): boolean {
  try {
    parsePattern(text);
    return true;
  } catch (error) {
    if (error instanceof SpecError) return false;
    throw error;
  }
}
