import { z } from 'zod';
import { DataError, SpecError } from '../../../errors.ts';
import { derive, type JsonObject, type Value } from '../../../event.ts';
import { valueAt } from '../../../expression/fields.ts';
import { isObject, show } from '../../../expression/values.ts';
import { targetOption } from '../options.ts';
import { csvParser } from '../parsers/csv.ts';
import { jsonParser } from '../parsers/json.ts';
import type { Parser } from '../parsers/parser.ts';
import { regexParser } from '../parsers/regex.ts';
import { timestampParser } from '../parsers/timestamp.ts';
import { define, parseTarget, write } from '../paths.ts';
import { defineStep } from './define.ts';

const options = z
  .strictObject({
    field: targetOption().describe('The field that holds the text'),
    as: z.enum(['json', 'csv', 'regex', 'timestamp']).describe('What the text holds'),
    into: targetOption().optional().describe('Where the result goes; in place of the text if left out'),
    merge: z.boolean().optional().describe('Puts the fields of the result beside those of the event instead'),
    columns: z.array(z.string().min(1)).min(1).optional().describe('csv: the names of the columns'),
    pattern: z.string().min(1).optional().describe("regex: RE2's syntax, a field for each (?P<name>…)"),
    unit: z.enum(['ms', 's']).optional().describe('timestamp: the unit of a number; ms'),
    format: z
      .string()
      .min(1)
      .optional()
      .describe('timestamp: %Y %m %b %d %H %M %S %L %z; ISO 8601 if left out'),
  })
  .describe('Reads a text: JSON, a line of CSV, what a regular expression finds, or a time');
type Options = z.output<typeof options>;

export const parse = defineStep({
  type: 'parse',
  options,
  copies: true,
  passesAll: true,
  build(given, { place, owned }) {
    const source = parseTarget(given.field, place);
    const target = parseTarget(given.into ?? given.field, place);
    const read = parserFor(given, place);
    const put =
      given.merge === true ? merge : (value: JsonObject, result: Value) => write(value, target, result);
    return (event) => {
      if (event.value === null) return event;
      const found = valueAt(event.value, source);
      const result = found === null ? null : read(found);
      const own = owned ? event.value : { ...event.value };
      put(own, result);
      return owned ? event : derive(event, own);
    };
  },
});

/** Options that belong to one kind alone: given to another, they would be of no effect. */
const belongsTo = {
  columns: 'csv',
  pattern: 'regex',
  unit: 'timestamp',
  format: 'timestamp',
} as const;

function parserFor(given: Options, place: string): Parser {
  for (const [name, kind] of Object.entries(belongsTo)) {
    if (given[name as keyof typeof belongsTo] !== undefined && given.as !== kind) {
      throw new SpecError(`"${name}" has no meaning for ${given.as}`, {
        place,
        hint: `it belongs to as: ${kind}`,
      });
    }
  }
  switch (given.as) {
    case 'json':
      return jsonParser();
    case 'csv':
      return csvParser(needed(given.columns, 'columns', place));
    case 'regex':
      return regexParser(needed(given.pattern, 'pattern', place), place);
    case 'timestamp':
      return timestampParser(given.format, given.unit ?? 'ms', place);
  }
}

function needed<Type>(option: Type | undefined, name: string, place: string): Type {
  if (option === undefined)
    throw new SpecError(`"${name}" is missing`, { place, hint: 'add it beside "as"' });
  return option;
}

function merge(value: JsonObject, result: Value): void {
  if (result === null) return;
  if (!isObject(result)) throw new DataError('parse', `merge needs fields, not ${show(result)}`);
  for (const [name, field] of Object.entries(result)) define(value, name, field);
}
