import { decodeValue } from '../../../codecs/json.ts';
import { asParseError, expectText, type Parser } from './parser.ts';

export function jsonParser(): Parser {
  return asParseError((value) => decodeValue(expectText(value)));
}
