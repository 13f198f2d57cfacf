import { isUtf8 } from 'node:buffer';
import { DataError } from '../errors.ts';

const REPLACEMENT = '\uFFFD';

/** The bytes from `start` to `end` as text. Throws DataError `decode` if they are not UTF-8. */
export function decodeUtf8(bytes: Buffer, start = 0, end = bytes.length): string {
  const text = bytes.toString('utf8', start, end);
  // A broken sequence is replaced in silence, so only text that holds the replacement needs a closer look.
  if (text.includes(REPLACEMENT) && !isUtf8(bytes.subarray(start, end)))
    throw new DataError('decode', 'the record is not UTF-8');
  return text;
}
