import { DataError } from '../errors.ts';
import type { JsonObject } from '../event.ts';
import { conversions } from '../expression/cast.ts';
import { typeNamed } from '../expression/resolve.ts';
import { show } from '../expression/values.ts';

/** Gives the fields of a value that was just decoded their types, in place. Throws DataError `cast`. */
export type Typing = (value: JsonObject) => void;

/**
 * The types that a source's `schema` gives its fields, by name. NULL, and what is not there, stays so; an empty text is
 * NULL of any type but text, as a CSV has no other way to write it.
 */
export function typing(schema: Readonly<Record<string, string>>): Typing {
  const fields = Object.entries(schema).map(([name, type]) => ({ name, type: typeNamed(type)! }));
  return (value) => {
    for (const { name, type } of fields) {
      if (!Object.hasOwn(value, name)) continue;
      const given = value[name]!;
      if (given === null) continue;
      const converted = given === '' && type !== 'TEXT' ? null : conversions[type](given);
      if (converted === undefined)
        throw new DataError('cast', `field "${name}" of the schema: can't cast ${show(given)} to ${type}`);
      value[name] = converted;
    }
  };
}
