import type { Rejection } from '../component/sink.ts';
import { DataError } from '../errors.ts';
import type { Event, JsonObject } from '../event.ts';

/** Writes values as text, in order, for one file or stream. */
export interface Encoder {
  /** The row with its line end, after a header where one is due. Throws DataError. */
  encode(value: JsonObject | null): string;
}

export interface EncoderOptions {
  /** CSV's columns; by default the first row's fields. */
  readonly columns?: readonly string[] | undefined;
  /** The header that the output has already, if it is gone on with. */
  readonly header?: readonly string[] | undefined;
}

/** A batch as one text, and the events that have no place in it; of a `changelog`, each row tells its change too. */
export function encodeBatch(
  encoder: Encoder,
  batch: readonly Event[],
  changelog = false,
): { text: string; rejections: Rejection[] } {
  const rejections: Rejection[] = [];
  let text = '';
  for (let index = 0; index < batch.length; index++) {
    try {
      const event = batch[index]!;
      text += encoder.encode(changelog ? changeOf(event) : event.value);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      rejections.push({ index, error });
    }
  }
  return { text, rejections };
}

function changeOf({ value, change, firing, final }: Event): JsonObject | null {
  return value === null ? null : { ...value, change, firing, final };
}
