import { z } from 'zod';
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

const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const time = z.iso.datetime().transform((text) => Date.parse(text));
const bytes = z.base64().nullable().default(null);

/** An envelope, also where all of it is texts. */
const envelope = z.object({
  id: z.string(),
  job: z.string(),
  epoch: z.coerce.number(),
  source: z.string(),
  partition: z.string(),
  position: z.coerce.number(),
  node: z.string(),
  port: z.coerce.number(),
  step: z.string().nullable().default(null),
  reason: z.string(),
  message: z.string(),
  retryable: flag,
  attempts: z.coerce.number(),
  first_at: time,
  last_at: time,
  token: z.string(),
  status: z.enum(['waiting', 'quarantined', 'replayed']),
  timestamp: z.coerce.number().nullable().default(null),
  headers: z.record(z.string(), z.string()),
  key_base64: bytes,
  bytes_base64: bytes,
});

/** The letter that an envelope tells of; undefined if it is none. */
export function letterOf(told: JsonObject, made: JsonObject | null): DeadLetter | undefined {
  const { data } = envelope.safeParse(told);
  if (data === undefined) return undefined;
  const { reason, message, retryable, first_at, last_at, token, key_base64, bytes_base64, ...rest } = data;
  const event = made && {
    value: made,
    time: null,
    id: null,
    change: 'upsert' as const,
    firing: 0,
    final: true,
  };
  return {
    ...rest,
    error: { code: reason, message, retryable },
    firstAt: first_at,
    lastAt: last_at,
    token: BigInt(token),
    event,
    key: bytesOf(key_base64),
    bytes: bytesOf(bytes_base64),
  };
}

function bytesOf(base64: string | null): Uint8Array | null {
  return base64 === null ? null : Buffer.from(base64, 'base64');
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('utf8');
}

function base64Of(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64');
}
