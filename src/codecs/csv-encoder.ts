import { DataError } from '../errors.ts';
import type { JsonObject } from '../event.ts';
import { type Columns, encodeHeader, encodeRow } from './csv.ts';
import type { Encoder, EncoderOptions } from './encoder.ts';

/**
 * CSV rows below a header. Without chosen columns the header is the first row's fields, and a later event with a field
 * that the header lacks is refused rather than cut short.
 */
export function csvEncoder({ columns: chosen, header }: EncoderOptions): Encoder {
  let columns = header ?? chosen;
  let headerIsDue = header === undefined;
  return {
    encode(value) {
      if (value === null) throw new DataError('type', 'a tombstone is no CSV row');
      columns ??= Object.keys(value);
      const fields = header === undefined ? value : namedAsRead(columns, value);
      if (chosen === undefined) refuseOtherFields(columns, fields);
      const row = `${encodeRow(columns, fields)}\n`;
      if (!headerIsDue) return row;
      headerIsDue = false;
      return `${encodeHeader(columns)}\n${row}`;
    },
  };
}

/** A header is read without the spaces around its names: a field that has them goes into the column that lacks them. */
function namedAsRead(columns: Columns, value: JsonObject): JsonObject {
  let named: JsonObject | undefined;
  for (const field in value) {
    const name = field.trim();
    if (name === field || !columns.includes(name) || Object.hasOwn(value, name)) continue;
    named ??= { ...value };
    named[name] = value[field]!;
    delete named[field];
  }
  return named ?? value;
}

function refuseOtherFields(columns: Columns, value: JsonObject): void {
  for (const field in value) {
    if (!columns.includes(field))
      throw new DataError(
        'refused',
        `the header has no column "${field}"; name all of them with the option columns`,
      );
  }
}
