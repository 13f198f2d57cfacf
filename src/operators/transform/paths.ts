import { DataError, SpecError } from '../../errors.ts';
import type { JsonObject, Value } from '../../event.ts';
import { fieldNameProblem, isFieldName } from '../../expression/field-name.ts';
import { parseExpression } from '../../expression/parse.ts';
import { isObject, show } from '../../expression/values.ts';

/** A field that a step writes: the names down from the event. */
export type Target = readonly [string, ...string[]];

/** A name as in an expression: `double`, `user.city`, `"odd name"`. Throws SpecError. */
export function parseTarget(text: string, place?: string): Target {
  const where = place === undefined ? {} : { place };
  const { root } = parseExpression(text, where);
  const path: readonly (string | number)[] = root.kind === 'field' ? root.path : [];
  const [first, ...rest] = path.filter((step) => typeof step === 'string');
  if (first === undefined || rest.length + 1 !== path.length) {
    throw new SpecError(`"${text}" is not the name of a field`, {
      ...where,
      hint: 'it is written as user.city',
    });
  }
  const refused = [first, ...rest].find((name) => !isFieldName(name));
  if (refused !== undefined) throw fieldNameProblem(refused, where);
  return [first, ...rest];
}

/** Writes in place: `object` is the caller's own, what lies deeper is copied. Throws DataError where no object is. */
export function write(object: JsonObject, [name, ...rest]: Target, value: Value): void {
  const [next, ...deeper] = rest;
  object[name] = next === undefined ? value : writtenInside(object, name, [next, ...deeper], value);
}

function writtenInside(object: JsonObject, name: string, rest: Target, value: Value): JsonObject {
  const inner = Object.hasOwn(object, name) ? object[name]! : null;
  if (inner !== null && !isObject(inner)) {
    throw new DataError('type', `can't set "${rest[0]}" inside "${name}": it is ${show(inner)}`);
  }
  const copy = { ...inner };
  write(copy, rest, value);
  return copy;
}

/** Field → its new name, or null to leave it out. Fields that are not in it stay as they are. */
export type Changes = ReadonlyMap<string, string | null>;

/** A copy of the object, in its order. Not by deleting: that makes V8 keep the copy as a slow dictionary. */
export function copyWith(object: JsonObject, changes: Changes): JsonObject {
  const copy: JsonObject = {};
  for (const field of Object.keys(object)) {
    const name = changes.get(field);
    if (name !== null) define(copy, name ?? field, object[field]!);
  }
  return copy;
}

/** Sets a field of a name that came with the data: assigning to `__proto__` would change the prototype. */
export function define(object: JsonObject, name: string, value: Value): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
  } else object[name] = value;
}
