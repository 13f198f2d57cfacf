import { DataError } from '../../errors.ts';
import type { JsonObject, Value } from '../../event.ts';

/** A copy that shares nothing with the event: a module may keep and change what it is given. */
export function copyOf(value: JsonObject): JsonObject {
  return copy(value) as JsonObject;
}

/**
 * The value as an event can hold it, and a copy: a module may change what it has given. As in JSON, a field that is
 * undefined is left out. Throws DataError.
 */
export function eventOf(given: unknown): JsonObject {
  if (isPlain(given)) return copy(given) as JsonObject;
  throw new DataError(
    'module',
    `the module must give an object, a list of them or nothing, not ${named(given)}`,
  );
}

function copy(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return value;
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Date) return new Date(value);
  if (!isPlain(value)) throw new DataError('module', `an event can't hold ${named(value)}`);
  const result: JsonObject = {};
  for (const name of Object.keys(value)) {
    const field = value[name];
    if (field === undefined) continue;
    if (name === '__proto__') define(result, name, copy(field));
    else result[name] = copy(field);
  }
  return result;
}

/** As a field like any other. */
function define(object: JsonObject, name: string, value: Value): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** `a Map`, `a function`, `'text'`. */
function named(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `a value of the class ${value.constructor?.name}`;
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : `a ${typeof value}`;
}
