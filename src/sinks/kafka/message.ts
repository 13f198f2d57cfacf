import { encodeJson, encodeValue } from '../../codecs/json.ts';
import { DataError } from '../../errors.ts';
import { type Event, identityOf, type JsonObject, type Value } from '../../event.ts';

/** A record to be produced, all of it in bytes; a null value is a tombstone. */
export interface Message {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, string>;
}

/** What a record takes in a batch beside its key and value, at most; its headers come on top. */
const RECORD_OVERHEAD = 64;

export interface MessageForm {
  /** The fields that make up the key; none: the event's own identity. */
  readonly identity: readonly string[];
  /** Header → field. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Throws DataError `missing_key` if a field of the key is missing. */
export function messageOf(event: Event, { identity, headers }: MessageForm): Message {
  const { value, change } = event;
  return {
    key: keyOf(event, identity),
    value: change === 'delete' || value === null ? null : Buffer.from(encodeJson(value)),
    headers: value === null ? {} : headersOf(value, headers),
  };
}

/** Why `messageOf` would throw; undefined if it would not. Much cheaper than to try. */
export function problemOf(event: Event, { identity }: MessageForm): DataError | undefined {
  try {
    keyOf(event, identity);
    return undefined;
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
}

export function sizeOf({ key, value, headers }: Message): number {
  let size = RECORD_OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0);
  for (const name in headers) size += Buffer.byteLength(name) + Buffer.byteLength(headers[name]!) + 10;
  return size;
}

/** One field as its text, several as a JSON array; without them a record that only passes through keeps its key. */
function keyOf(event: Event, identity: readonly string[]): Buffer | null {
  const { value, id, origin, index, change } = event;
  if (value !== null && identity.length > 0) return Buffer.from(keyText(value, identity));
  if (id !== null) return Buffer.from(id);
  const key = origin.records.key(index);
  if (key !== null) return Buffer.from(key.buffer, key.byteOffset, key.byteLength);
  return change === 'delete' ? Buffer.from(identityOf(event)) : null;
}

function keyText(value: JsonObject, identity: readonly string[]): string {
  const parts = identity.map((path) => {
    const part = fieldAt(value, path);
    if (part === undefined) throw new DataError('missing_key', `the key field ${path} is missing`);
    return part;
  });
  return parts.length === 1 ? textOf(parts[0]!) : encodeValue(parts);
}

function headersOf(value: JsonObject, headers: Readonly<Record<string, string>>): Record<string, string> {
  const written: Record<string, string> = {};
  for (const name in headers) {
    const field = fieldAt(value, headers[name]!);
    if (field !== undefined && field !== null) written[name] = textOf(field);
  }
  return written;
}

function textOf(value: Value): string {
  return typeof value === 'string' ? value : encodeValue(value);
}

function fieldAt(value: JsonObject, path: string): Value | undefined {
  if (Object.hasOwn(value, path)) return value[path];
  let part: Value | undefined = value;
  for (const name of path.split('.')) {
    if (typeof part !== 'object' || part === null || !Object.hasOwn(part, name)) return undefined;
    part = (part as JsonObject)[name];
  }
  return part;
}
