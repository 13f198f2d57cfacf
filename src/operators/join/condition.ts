import { SpecError } from '../../errors.ts';
import { compilePredicate, compileScalar } from '../../expression/compile.ts';
import { parseExpression } from '../../expression/parse.ts';
import { problemAt } from '../../expression/problem.ts';
import type { Predicate, Scalar } from '../../expression/scalar.ts';
import type { Expression, Node } from '../../expression/tree.ts';
import { millisOf } from '../../expression/values.ts';
import { inputsOf } from './inputs.ts';

/** What ties one more input to those before it: equal keys on both sides, and whatever else must hold. */
export interface Tie {
  readonly left: readonly Scalar[];
  readonly right: readonly Scalar[];
  readonly conditions: readonly Predicate[];
}

/** What the inputs of a join are called, and the fields of theirs that are known to hold timestamps. */
export interface JoinInput {
  readonly name: string;
  readonly times: readonly string[];
}

/** The ties of each input but the first, from a condition over fields such as `orders.user_id`. Throws SpecError. */
export function parseTies(text: string, inputs: readonly JoinInput[], place: string): readonly Tie[] {
  const names = inputs.map(({ name }) => name);
  const expression = parseExpression(text, { place });
  const ties = names
    .slice(1)
    .map(() => ({ left: [] as Scalar[], right: [] as Scalar[], conditions: [] as Predicate[] }));
  for (const part of conjunctsOf(expression.root)) {
    const number = Math.max(1, ...inputsOf(part, expression, names));
    const tie = ties[number - 1]!;
    const sides = sidesOf(part, number, expression, names);
    if (sides === undefined) {
      tie.conditions.push(compilePredicate({ ...expression, root: part }));
    } else {
      const [left, right] = [sides.left, sides.right].map((root) => compileScalar({ ...expression, root }));
      // As `=` has it, a timestamp equals the text or the number that means it.
      const isTimely = isTimestamp(sides.left, inputs) || isTimestamp(sides.right, inputs);
      tie.left.push(isTimely ? asTimestamp(left!) : left!);
      tie.right.push(isTimely ? asTimestamp(right!) : right!);
    }
  }
  const loose = ties.findIndex(({ left }) => left.length === 0);
  if (loose < 0) return ties;
  const [first, other] = [names[0], names[loose + 1]];
  throw problemAt(
    expression,
    expression.root.start,
    `nothing that is equal ties "${other}" to the inputs before it`,
    `for example ${first}.id = ${other}.${first}_id`,
  );
}

/** Whether it is known to be a timestamp, at least at times. */
function isTimestamp(side: Node, inputs: readonly JoinInput[]): boolean {
  if (side.kind === 'cast') return side.type === 'TIMESTAMP';
  if (side.kind === 'call' && side.name === 'coalesce')
    return side.arguments.some((part) => isTimestamp(part, inputs));
  if (side.kind !== 'field' || side.path.length !== 2) return false;
  const [name, field] = side.path;
  return inputs.some((input) => input.name === name && input.times.includes(String(field)));
}

/** What means no point in time at a whole millisecond stays as it is: no timestamp equals it. */
function asTimestamp(scalar: Scalar): Scalar {
  return (event) => {
    const value = scalar(event);
    const millis = value === null || value instanceof Date ? undefined : millisOf(value);
    if (millis === undefined) return value;
    const time = new Date(millis);
    return time.getTime() === millis ? time : value;
  };
}

/** The condition that a key means: each of its fields is equal in all inputs. Throws SpecError. */
export function conditionOfKey(key: readonly string[], names: readonly string[], node: string): string {
  if (key.length === 0) {
    throw new SpecError('nothing says which rows belong together', {
      place: `${node}.on`,
      hint: `for example ${names[0]}.user_id = ${names[1]}.id, or a key that all inputs have`,
    });
  }
  const fields = key.map((text) => pathOf(text, node));
  return names
    .slice(1)
    .flatMap((name, index) => fields.map((field) => equality(names.slice(0, index + 1), name, field)))
    .join(' AND ');
}

/** Of the inputs on the left some may have met none, and are NULL. */
function equality(before: readonly string[], name: string, field: string): string {
  const known = before.map((each) => `${quoted(each)}.${field}`);
  const left = known.length === 1 ? known[0] : `coalesce(${known.join(', ')})`;
  return `${left} = ${quoted(name)}.${field}`;
}

function pathOf(text: string, node: string): string {
  const { root } = parseExpression(text, { place: `${node}.key` });
  if (root.kind === 'field') return text.trim();
  throw new SpecError(`the key "${text}" is no field`, {
    place: `${node}.key`,
    hint: 'write what is equal with "on"',
  });
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function conjunctsOf(node: Node): readonly Node[] {
  return node.kind === 'binary' && node.operator === 'AND'
    ? [...conjunctsOf(node.left), ...conjunctsOf(node.right)]
    : [node];
}

/** The two sides of an equality between the input of this number and those before it. */
function sidesOf(
  part: Node,
  number: number,
  expression: Expression,
  names: readonly string[],
): { left: Node; right: Node } | undefined {
  if (part.kind !== 'binary' || part.operator !== '=') return undefined;
  const sides = [part.left, part.right].map((side) => ({ side, inputs: inputsOf(side, expression, names) }));
  const own = sides.find(({ inputs }) => inputs.size === 1 && inputs.has(number));
  const other = sides.find(({ inputs }) => inputs.size > 0 && !inputs.has(number));
  return own === undefined || other === undefined ? undefined : { left: other.side, right: own.side };
}
