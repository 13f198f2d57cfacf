import { DataError } from '../../errors.ts';
import { type Event, identityOf, type JsonObject, type Value } from '../../event.ts';

/** Finds a column's value in an event; undefined if it has none. Throws DataError. */
export type Read = (event: Event) => Value | undefined;

/** The event's own identity. */
export const readIdentity: Read = identityOf;

/** A field at the top. */
export function readField(name: string): Read {
  return ({ value }) => own(value, name);
}

/** A field by its path: `user.address.city`. */
export function readPath(path: string): Read {
  const names = path.split('.');
  if (names.length === 1) return readField(path);
  return ({ value }) => names.reduce<Value | undefined>(own, value);
}

/** Fields whose names SQLite can't tell apart, because they differ only in case; an event may have one of them. */
export function readOneOf(names: readonly string[]): Read {
  return ({ value }) => {
    const present = names.filter((name) => own(value, name) !== undefined);
    if (present.length > 1)
      throw new DataError('refused', `the fields ${present.join(' and ')} would be one column in SQLite`);
    return own(value, present[0] ?? names[0]!);
  };
}

function own(value: Value | undefined, name: string): Value | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as JsonObject)[name];
}
