import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import { Event, type JsonObject } from '../event.ts';
import { originOf } from '../runtime/letter-event.ts';

/** A letter as a line of JSON says it, with the original bytes as text and, exactly, in base64. */
export function envelopeOf(letter: DeadLetter): JsonObject {
  const { error, firstAt, lastAt, token, event, bytes, key, timestamp, headers, ...rest } = letter;
  const { code, message, retryable } = error;
  return {
    ...rest,
    headers: { ...headers },
    reason: code,
    message,
    retryable,
    first_at: new Date(firstAt).toISOString(),
    last_at: new Date(lastAt).toISOString(),
    token: String(token),
    timestamp,
    event: event?.value ?? null,
    key: textOf(key),
    key_base64: base64Of(key),
    bytes: textOf(bytes),
    bytes_base64: base64Of(bytes),
  };
}

/** The letter as an event for a sink: the envelope is its value, and the original record is its record. */
export function letterEvent(letter: DeadLetter): Event {
  return new Event(envelopeOf(letter), null, originOf(letter), 0, letter.id);
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('utf8');
}

function base64Of(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64');
}
