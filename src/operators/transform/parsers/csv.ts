import { type Columns, decodeRow } from '../../../codecs/csv.ts';
import { asParseError, expectText, type Parser } from './parser.ts';

/** One row of CSV as an object of texts. */
export function csvParser(columns: Columns): Parser {
  return asParseError((value) => decodeRow(columns, expectText(value)));
}
