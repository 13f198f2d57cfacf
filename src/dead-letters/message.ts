import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import { decodeJson, encodeValue } from '../codecs/json.ts';
import { DataError } from '../errors.ts';
import type { Event, JsonObject, Records, Value } from '../event.ts';
import type { Message } from '../sinks/kafka/message.ts';
import { letterOf } from './envelope.ts';

/** What all headers begin with that are about the letter, and not the record's own. */
const PREFIX = 'sluice.';

/** The original record, with the rest of the envelope as headers; what operators had made of it only if that is more. */
export function messageOf({ value, origin }: Event): Message {
  const { records } = origin;
  const { headers, key: _, key_base64: __, bytes, bytes_base64: ___, event, ...about } = value!;
  const made = encodeValue(event ?? null);
  const told = { ...about, event: event === null || made === bytes ? null : made };
  const given = Object.entries(told).filter(([, one]) => one !== null && one !== undefined);
  const ours = given.map(([name, one]) => [PREFIX + name, textOf(one!)] as const);
  return {
    key: bufferOf(records.key(0)),
    value: bufferOf(records.bytes(0)),
    headers: { ...(headers as Record<string, string>), ...Object.fromEntries(ours) },
  };
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : encodeValue(value);
}

function bufferOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : Buffer.from(bytes);
}

/** The letter that such a record is; undefined if it is none. */
export function letterIn(records: Records, index: number): DeadLetter | undefined {
  const headers = Object.entries(records.headers(index)).map(
    ([name, value]) => [name, String(value)] as const,
  );
  const isOurs = ([name]: readonly [string, string]) => name.startsWith(PREFIX);
  const told = headers.filter(isOurs).map(([name, text]) => [name.slice(PREFIX.length), text] as const);
  const { event, ...about } = Object.fromEntries(told);
  const own = Object.fromEntries(headers.filter((header) => !isOurs(header)));
  const [key, bytes] = [records.key(index), records.bytes(index)];
  const base64 = (given: Uint8Array | null) => given && Buffer.from(given).toString('base64');
  const text = event ?? (about.node === about.source || bytes === null ? undefined : records.text(index));
  return letterOf(
    { ...about, headers: own, key_base64: base64(key), bytes_base64: base64(bytes) },
    text === undefined || text === null ? null : valueIn(text),
  );
}

/** Records need not be JSON. */
function valueIn(text: string): JsonObject | null {
  try {
    return decodeJson(text);
  } catch (error) {
    if (error instanceof DataError) return null;
    throw error;
  }
}
