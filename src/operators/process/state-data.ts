import { isPlain, named, Path } from '../../component/module-values.ts';
import { DataError } from '../../errors.ts';

/** A list or an object of more parts than this is looked through once; then only the last parts of a list are. */
const FEW = 16;

/** Those of more parts in which nothing wrong was found. */
const lookedThrough = new WeakSet<object>();

/** Objects that a checkpoint gives back as they were, and that hold nothing to look at. */
const kinds = [Date, RegExp, Error, ArrayBuffer] as const;

/**
 * Throws DataError if a checkpoint could not hold the value and give it back. A module sets what it keeps at every event,
 * though it may have grown large: of that, only what is small or new is looked at.
 */
export function checkState(name: string, value: unknown): void {
  if (isScalar(value)) return;
  const what = `the state "${name}"`;
  const path = new Path(what);
  try {
    check(value, what, path);
  } catch (error) {
    // It stays in what it was put into, and must be found again.
    for (const part of path.around) lookedThrough.delete(part);
    throw error;
  }
}

function check(value: unknown, what: string, path: Path): void {
  if (isScalar(value)) return;
  if (typeof value !== 'object') throw refusal(what, value);
  if (Array.isArray(value)) checkList(value, what, path);
  else if (isPlain(value)) checkObject(value, what, path);
  else if (value instanceof Map || value instanceof Set) checkCollection(value, what, path);
  else if (!kinds.some((kind) => value instanceof kind) && !ArrayBuffer.isView(value))
    throw refusal(what, value);
}

function checkList(list: readonly unknown[], what: string, path: Path): void {
  path.enter(list);
  const isLarge = list.length > FEW;
  const first = isLarge && lookedThrough.has(list) ? list.length - FEW : 0;
  for (let index = first; index < list.length; index++) check(list[index], what, path);
  if (isLarge) lookedThrough.add(list);
  path.leave();
}

function checkObject(object: Readonly<Record<string, unknown>>, what: string, path: Path): void {
  // That is asked first: even to name the fields of a large object takes long.
  if (lookedThrough.has(object)) return;
  path.enter(object);
  const names = Object.keys(object);
  for (const name of names) check(object[name], what, path);
  if (names.length > FEW) lookedThrough.add(object);
  path.leave();
}

function checkCollection(
  collection: ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>,
  what: string,
  path: Path,
): void {
  if (lookedThrough.has(collection)) return;
  path.enter(collection);
  for (const [key, part] of collection.entries()) {
    check(key, what, path);
    if (part !== key) check(part, what, path);
  }
  if (collection.size > FEW) lookedThrough.add(collection);
  path.leave();
}

function isScalar(value: unknown): boolean {
  return (
    value === null || !(typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol')
  );
}

function refusal(what: string, value: unknown): DataError {
  return new DataError('module', `${what} must be data, not ${named(value)}`);
}
