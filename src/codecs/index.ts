import type { Format } from '../component/define.ts';
import { DataError } from '../errors.ts';
import type { JsonObject } from '../event.ts';
import { type Columns, decodeRow } from './csv.ts';
import { csvEncoder } from './csv-encoder.ts';
import type { Encoder, EncoderOptions } from './encoder.ts';
import { decodeJson, encodeJson } from './json.ts';
import { decodeText, encodeText } from './text.ts';

/** Decodes a record of its own; a row of CSV needs its columns. Throws DataError `decode`. */
export type Decoder = (text: string, columns?: Columns) => JsonObject;

export interface Codec {
  decode: Decoder;
  /** One for each output: it may remember a header. */
  encoder(options: EncoderOptions): Encoder;
}

export const codecs: Readonly<Record<Format, Codec>> = {
  json: { decode: decodeJson, encoder: () => ({ encode: (value) => `${encodeJson(value)}\n` }) },
  text: { decode: decodeText, encoder: () => ({ encode: (value) => `${encodeText(value)}\n` }) },
  csv: { decode: decodeCsv, encoder: csvEncoder },
};

/** What turns a record's text into a value, for records that don't decode themselves (`Records.value`). */
export function decoderFor(format: Format): Decoder {
  return codecs[format].decode;
}

/** A row means nothing without the header, which only the start of a file or of stdin has. */
function decodeCsv(text: string, columns?: Columns): JsonObject {
  if (columns === undefined)
    throw new DataError('decode', 'CSV needs a header: it can be read from files and stdin only');
  return decodeRow(columns, text);
}
