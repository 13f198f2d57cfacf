import { DataError, messageOf, SpecError } from '../../../errors.ts';
import type { JsonObject } from '../../../event.ts';
import { compilePattern, type Pattern } from '../../../expression/functions/regex.ts';
import { define } from '../paths.ts';
import { expectText, type Parser } from './parser.ts';

/** The named groups of the first match, as an object of texts; NULL for a group that took no part. */
export function regexParser(pattern: string, place: string): Parser {
  const compiled = compile(pattern, place);
  const groups = Object.entries(compiled.namedGroups());
  if (groups.length === 0) {
    throw new SpecError('the pattern has no named group', { place, hint: 'name what it finds: (?P<name>…)' });
  }
  return (value) => {
    const text = expectText(value);
    const matcher = compiled.matcher(text);
    if (!matcher.find())
      throw new DataError('parse', `the pattern ${pattern} does not match '${text.slice(0, 80)}'`);
    const fields: JsonObject = {};
    for (const [name, index] of groups) define(fields, name, matcher.group(index) ?? null);
    return fields;
  };
}

function compile(pattern: string, place: string): Pattern {
  try {
    return compilePattern(pattern);
  } catch (error) {
    throw new SpecError(messageOf(error), { place });
  }
}
