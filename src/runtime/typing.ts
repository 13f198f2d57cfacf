import { DataError } from '../errors.ts';
import type { JsonObject, Value } from '../event.ts';
import { conversions } from '../expression/cast.ts';
import { typeNamed } from '../expression/resolve.ts';
import type { CastType } from '../expression/tree.ts';
import { show } from '../expression/values.ts';
import type { SourceSpec } from '../spec/job.ts';

/** Gives the fields of a value that was just decoded their types, in place. Throws DataError `cast`. */
export type Typing = (value: JsonObject) => void;

const DIGITS = /^-?\d+(\.\d+)?$/;

/**
 * The types that a source's `schema` gives its fields, by name. NULL, and what is not there, stays so; an empty text is
 * NULL of any type but text, as a CSV has no other way to write it. A timestamp may be a number, in CSV its text: of epoch
 * milliseconds, or of what `time_unit` says where it is the event time.
 */
export function typing({
  schema = {},
  time,
  time_unit,
}: Pick<SourceSpec, 'schema' | 'time' | 'time_unit'>): Typing {
  const fields = Object.entries(schema).map(([name, type]) => {
    const factor = name === time && time_unit === 's' ? 1000 : 1;
    return { name, type: typeNamed(type)!, factor };
  });
  return (value) => {
    for (const { name, type, factor } of fields) {
      if (!Object.hasOwn(value, name)) continue;
      const given = value[name]!;
      if (given === null) continue;
      const converted = convert(given, type, factor);
      if (converted === undefined)
        throw new DataError('cast', `field "${name}" of the schema: can't cast ${show(given)} to ${type}`);
      value[name] = converted;
    }
  };
}

function convert(given: Exclude<Value, null>, type: CastType, factor: number): Value | undefined {
  if (given === '' && type !== 'TEXT') return null;
  if (type === 'TIMESTAMP') {
    const number = typeof given === 'string' && DIGITS.test(given) ? Number(given) : given;
    if (typeof number === 'number') return conversions.TIMESTAMP(number * factor);
  }
  return conversions[type](given);
}
