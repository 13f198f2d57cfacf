import { MAX_DEPTH } from '../codecs/json.ts';
import { DataError } from '../errors.ts';
import type { JsonObject, Value } from '../event.ts';

/** A copy that shares nothing with the event: a module may keep and change what it is given. Throws DataError. */
export function copyOf(value: JsonObject): JsonObject {
  return copy(value, undefined) as JsonObject;
}

/**
 * The value as an event can hold it, and a copy: a module may change what it has given. As in JSON, a field that is
 * undefined is left out. Throws DataError.
 */
export function eventOf(given: unknown): JsonObject {
  if (isPlain(given)) return copy(given, new Path('an event')) as JsonObject;
  throw new DataError(
    'module',
    `the module must give an object, a list of them or nothing, not ${named(given)}`,
  );
}

/** The objects and lists that one is in while looking through a value that must have an end. */
export class Path {
  /** What the value is, for messages. */
  readonly #what: string;
  /** From the outermost to the innermost. */
  readonly around: object[] = [];

  constructor(what: string) {
    this.#what = what;
  }

  /** Throws DataError. */
  enter(part: object): void {
    const { around } = this;
    if (around.includes(part)) throw new DataError('module', `${this.#what} can't hold itself`);
    if (around.length === MAX_DEPTH) {
      throw new DataError('module', `${this.#what} can't be nested deeper than ${MAX_DEPTH}`);
    }
    around.push(part);
  }

  leave(): void {
    this.around.pop();
  }
}

export function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** `a value of the class Map`, `a function`, `"text"`, `null`. */
export function named(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'object' && value.constructor !== undefined)
    return `a value of the class ${value.constructor.name}`;
  if (typeof value === 'object') return 'a value without a class';
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `a ${typeof value}`;
}

/** Without a path the value is known to have an end. */
function copy(value: unknown, path: Path | undefined): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (value instanceof Date) return new Date(value);
  const isList = Array.isArray(value);
  if (!isList && !isPlain(value)) throw new DataError('module', `an event can't hold ${named(value)}`);
  path?.enter(value);
  const result = isList ? copyOfList(value, path) : copyOfObject(value, path);
  path?.leave();
  return result;
}

function copyOfList(list: readonly unknown[], path: Path | undefined): Value[] {
  const result: Value[] = [];
  for (const part of list) result.push(copy(part, path));
  return result;
}

function copyOfObject(object: Record<string, unknown>, path: Path | undefined): JsonObject {
  const result: JsonObject = {};
  for (const name of Object.keys(object)) {
    const field = object[name];
    if (field === undefined) continue;
    if (name === '__proto__') define(result, name, copy(field, path));
    else result[name] = copy(field, path);
  }
  return result;
}

/** As a field like any other. */
function define(object: JsonObject, name: string, value: Value): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
