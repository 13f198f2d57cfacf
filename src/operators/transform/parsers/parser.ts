import { DataError } from '../../../errors.ts';
import type { Value } from '../../../event.ts';
import { show } from '../../../expression/values.ts';

/** Reads a value that is not NULL. Throws DataError `parse`. */
export type Parser = (value: Exclude<Value, null>) => Value;

export function expectText(value: Exclude<Value, null>): string {
  if (typeof value === 'string') return value;
  throw new DataError('parse', `expected a text to parse, not ${show(value)}`);
}

/** A codec's error says `decode`, which is the reason of records that never became events. */
export function asParseError(parser: Parser): Parser {
  return (value) => {
    try {
      return parser(value);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      throw new DataError('parse', error.message, { cause: error });
    }
  };
}
