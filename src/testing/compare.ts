import { encodeValue } from '../codecs/json.ts';
import type { JsonObject, Value } from '../event.ts';

/** How far doubles may be apart, relative to them. */
const TOLERANCE = 1e-9;

/** An expected row and the one that came instead; undefined: nothing was expected, or nothing came. */
export interface Mismatch {
  readonly expected: JsonObject | undefined;
  readonly found: JsonObject | undefined;
}

/** What is different between two lists of rows; without `ordered` only how often each row comes matters. */
export function compareRows(
  expected: readonly JsonObject[],
  found: readonly JsonObject[],
  { ordered }: { ordered: boolean },
): Mismatch[] {
  return ordered ? compareInOrder(expected, found) : compareAsBag(expected, found);
}

function compareInOrder(expected: readonly JsonObject[], found: readonly JsonObject[]): Mismatch[] {
  const length = Math.max(expected.length, found.length);
  return Array.from({ length }, (_, index) => ({ expected: expected[index], found: found[index] })).filter(
    ({ expected: wanted, found: row }) => wanted === undefined || row === undefined || !isSame(wanted, row),
  );
}

function compareAsBag(expected: readonly JsonObject[], found: readonly JsonObject[]): Mismatch[] {
  const unexpected = [...found];
  const missing = expected.filter((wanted) => {
    const index = unexpected.findIndex((row) => isSame(wanted, row));
    if (index >= 0) unexpected.splice(index, 1);
    return index < 0;
  });
  const pairs = missing.map((wanted) => ({ expected: wanted, found: takeNearest(wanted, unexpected) }));
  return [...pairs, ...unexpected.map((row) => ({ expected: undefined, found: row }))];
}

/** Takes out the row with the most fields in common, so that a person sees what became of the expected one. */
function takeNearest(wanted: JsonObject, rows: JsonObject[]): JsonObject | undefined {
  const common = rows.map(
    (row) => Object.keys(wanted).filter((field) => isSame(wanted[field], row[field])).length,
  );
  const most = Math.max(0, ...common);
  return most === 0 ? undefined : rows.splice(common.indexOf(most), 1)[0];
}

/** Whether a value is the expected one: a time as ISO 8601 or in epoch milliseconds, doubles but for their last digits. */
function isSame(expected: Value | undefined, found: Value | undefined): boolean {
  if (found instanceof Date) return timeOf(expected) === found.getTime();
  if (typeof expected === 'number' && typeof found === 'number') {
    return (
      expected === found ||
      Math.abs(expected - found) <= TOLERANCE * Math.max(Math.abs(expected), Math.abs(found))
    );
  }
  if (typeof found === 'bigint') return String(expected) === String(found);
  if (!isStructure(expected) || !isStructure(found)) return expected === found;
  if (Array.isArray(expected) !== Array.isArray(found)) return false;
  const names = Object.keys(expected);
  return (
    names.length === Object.keys(found).length &&
    names.every((name) => Object.hasOwn(found, name) && isSame(fieldOf(expected, name), fieldOf(found, name)))
  );
}

function timeOf(expected: Value | undefined): number | undefined {
  if (expected instanceof Date) return expected.getTime();
  return typeof expected === 'string'
    ? Date.parse(expected)
    : typeof expected === 'number'
      ? expected
      : undefined;
}

function isStructure(value: Value | undefined): value is JsonObject | readonly Value[] {
  return typeof value === 'object' && value !== null && !(value instanceof Date);
}

function fieldOf(structure: JsonObject | readonly Value[], name: string): Value | undefined {
  return (structure as JsonObject)[name];
}

/** The mismatch in lines: `-` what was expected, `+` what came, and the fields in which the two differ. */
export function describeMismatch({ expected, found }: Mismatch): string[] {
  const lines = [
    ...(expected === undefined ? [] : [`- ${encodeValue(expected)}`]),
    ...(found === undefined ? [] : [`+ ${encodeValue(found)}`]),
  ];
  if (expected === undefined || found === undefined) return lines;
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  const differing = [...names].filter((name) => !isSame(expected[name], found[name]));
  return [
    ...lines,
    ...differing.map((name) => `  ${name}: ${shown(expected[name])}, but it is ${shown(found[name])}`),
  ];
}

function shown(value: Value | undefined): string {
  return value === undefined ? 'absent' : encodeValue(value);
}
