import { isDeepStrictEqual } from 'node:util';

export type Path = readonly string[];

/** One place where two plain values differ; undefined where there is nothing. */
export interface Difference {
  readonly path: Path;
  readonly before: unknown;
  readonly after: unknown;
}

/** Where two values differ, as deep as maps, and lists of equal length, can be compared part by part. */
export function differences(before: unknown, after: unknown, path: Path = []): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  const names = partsOf(before, after);
  if (names === undefined) return [{ path, before, after }];
  return names.flatMap((name) => differences(partOf(before, name), partOf(after, name), [...path, name]));
}

/** The names of the parts of either; undefined if the two can only be compared as a whole. */
function partsOf(before: unknown, after: unknown): readonly string[] | undefined {
  if (!isObject(before) || !isObject(after)) return undefined;
  if (Array.isArray(before) !== Array.isArray(after)) return undefined;
  if (Array.isArray(before) && before.length !== (after as unknown as readonly unknown[]).length)
    return undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])];
}

function partOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
