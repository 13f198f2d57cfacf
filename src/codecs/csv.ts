import { DataError, SpecError } from '../errors.ts';
import type { JsonObject, Value } from '../event.ts';
import { encodeValue } from './json.ts';

/**
 * CSV as in RFC 4180, a row at a time: a quote opens a quoted field only as the first character of the field, elsewhere
 * it stands for itself. Our own splitter, because a row's bytes and position must be known exactly, which a parser that
 * reads ahead can't tell, and because setting one up for every row costs forty times as much.
 */
export type Columns = readonly string[];

/** The columns that a header names; one without a name is `column1`, `column2` … Throws SpecError for a bad header. */
export function readHeader(text: string): Columns {
  const columns = split(text).map((name, index) => name.trim() || `column${index + 1}`);
  const hint = 'name it otherwise in the file';
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw new SpecError(`the CSV header names the column "${twice}" twice`, { hint });
  if (columns.includes('__proto__'))
    throw new SpecError('a CSV column can\'t be named "__proto__"', { hint });
  return columns;
}

/** A row as an event of strings. Throws DataError `decode` for a wrong number of fields and for broken quoting. */
export function decodeRow(columns: Columns, text: string): JsonObject {
  const fields = split(text);
  if (fields.length !== columns.length)
    throw new DataError('decode', `the header has ${columns.length} columns, the row ${fields.length}`);
  const row: JsonObject = {};
  for (let index = 0; index < columns.length; index++) row[columns[index]!] = fields[index]!;
  return row;
}

/** The header's row, without a line end. */
export function encodeHeader(columns: Columns): string {
  return visible(columns.map(quoted).join(','), columns);
}

/** The row, without a line end: null and absent are empty, objects and arrays are JSON. */
export function encodeRow(columns: Columns, value: JsonObject): string {
  let row = '';
  for (let index = 0; index < columns.length; index++) {
    if (index > 0) row += ',';
    const name = columns[index]!;
    if (Object.hasOwn(value, name)) row += field(value[name]!);
  }
  return visible(row, columns);
}

/** An only field that is empty is quoted: blank lines are no rows. */
function visible(row: string, columns: Columns): string {
  return row === '' && columns.length === 1 ? '""' : row;
}

function field(value: Value): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : '';
    case 'object':
      if (value === null) return '';
      return value instanceof Date ? (value.toJSON() ?? '') : quoted(encodeValue(value));
    default:
      return String(value);
  }
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function split(text: string): string[] {
  return text.includes('"') ? splitQuoted(text) : text.split(',');
}

function splitQuoted(text: string): string[] {
  const fields: string[] = [];
  for (let start = 0; ; ) {
    const close = text[start] === '"' ? closingQuote(text, start + 1) : undefined;
    const comma = text.indexOf(',', close ?? start);
    const end = comma === -1 ? text.length : comma;
    if (close === undefined) fields.push(text.slice(start, end));
    else if (close + 1 === end) fields.push(text.slice(start + 1, close).replaceAll('""', '"'));
    else throw new DataError('decode', 'text follows the closing quote of a field');
    if (comma === -1) return fields;
    start = comma + 1;
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  throw new DataError('decode', 'a quoted field is not closed');
}
