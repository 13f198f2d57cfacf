import { DefaultDeserializer, DefaultSerializer } from 'node:v8';
import { crc32 } from 'node:zlib';
import { messageOf } from '../errors.ts';
import type { StateChange } from '../state/keyed-state.ts';
import type { StateDelta, StatePart } from './store.ts';

/** Keys of one chunk, at the most. */
const MOST_KEYS = 1000;
/** Bytes of one chunk, unless a single key needs more: well under what a Cassandra cell takes with ease. */
const MOST_BYTES = 512 * 1024;
const CHECKSUM_BYTES = 4;
const noChecksum = Buffer.alloc(CHECKSUM_BYTES);

/** A part of what changed in one state: as a store keeps it, with a checksum of its own. */
export interface StateChunk {
  readonly node: string;
  readonly state: string;
  /** Counts from 0 within the delta. */
  readonly part: number;
  readonly bytes: Buffer;
}

/** What changed, in chunks; each is made when it is asked for, so that a store can pause in between. */
export function* chunksOf(deltas: readonly StateDelta[]): Iterable<StateChunk> {
  for (const { node, state, changes } of deltas) {
    let part = 0;
    for (let start = 0; start < changes.length; start += MOST_KEYS) {
      for (const bytes of encode(node, changes, start, Math.min(start + MOST_KEYS, changes.length))) {
        yield { node, state, part: part++, bytes };
      }
    }
  }
}

/** So much is told of a value that can't be saved: of a function it would be all of its text. */
const LONGEST_VALUE = 60;

/** What to throw where a value of the node's state can't be written or copied: a user's module can put anything into it. */
export function unsavable(node: string, error: unknown): Error {
  const message = messageOf(error);
  const [, value] = /^(.*) could not be cloned\.$/s.exec(message) ?? [];
  let reason = message;
  if (value !== undefined) {
    const line = value.replace(/\s+/g, ' ');
    const told = line.length > LONGEST_VALUE ? `${line.slice(0, LONGEST_VALUE)}…` : line;
    reason = `${told} could not be cloned; keep plain data in it`;
  }
  return new Error(`the state of "${node}" can't be saved: ${reason}`, { cause: error });
}

/** What a chunk holds. Throws DamagedState. */
export function partOf({ node, state, bytes }: Omit<StateChunk, 'part'>): StatePart {
  verifyChunk({ node, state, bytes });
  const reader = new OwnBytes(bytes.subarray(CHECKSUM_BYTES));
  reader.readHeader();
  const keys: string[] = reader.readValue();
  let values: unknown[] | undefined;
  return {
    node,
    state,
    keys,
    values() {
      values ??= reader.readValue() as unknown[];
      return values;
    },
  };
}

/** Node calls it for typed arrays and Buffers, which its types don't say. */
const Deserializer = DefaultDeserializer as unknown as new (
  bytes: Buffer,
) => DefaultDeserializer & { _readHostObject(): NodeJS.ArrayBufferView };

/** That of all typed arrays: a Buffer's own `slice` gives a view. */
const { slice: copyOf }: Uint8Array = Object.getPrototypeOf(Uint8Array.prototype);

/** Gives typed arrays memory of their own: Node's would be views of the chunk, and end with it. */
class OwnBytes extends Deserializer {
  override _readHostObject(): NodeJS.ArrayBufferView {
    const view = super._readHostObject();
    if (!(view instanceof DataView)) return copyOf.call(view);
    const { buffer, byteOffset, byteLength } = view;
    return new DataView(buffer.slice(byteOffset, byteOffset + byteLength));
  }
}

/** A chunk that is not what was written, or not there. */
export class DamagedState extends Error {
  override readonly name = 'DamagedState';
}

export function verifyChunk({ node, state, bytes }: Omit<StateChunk, 'part'>): void {
  const isWhole =
    bytes.length > CHECKSUM_BYTES && bytes.readUInt32LE(0) === crc32(bytes.subarray(CHECKSUM_BYTES));
  if (!isWhole) throw new DamagedState(`the state ${state} of ${node} is damaged: its checksum does not fit`);
}

/**
 * Gives a chunk's memory back at once: waiting for the garbage collector, hundreds of megabytes outside of its heap would
 * make it go through all of a large state every second. The chunk can't be read any more.
 */
export function freeChunk({ bytes }: Pick<StateChunk, 'bytes'>): void {
  if (bytes.byteLength === bytes.buffer.byteLength) (bytes.buffer as ArrayBuffer).transfer(0);
}

/** Takes the changes from their list only when they are written: until then, another may take the place of one. */
function* encode(
  node: string,
  changes: readonly StateChange[],
  start: number,
  end: number,
): Iterable<Buffer> {
  const some = changes.slice(start, end);
  const writer = new DefaultSerializer();
  writer.writeRawBytes(noChecksum);
  writer.writeHeader();
  writer.writeValue(some.map(({ key }) => key));
  try {
    writer.writeValue(some.map(({ value }) => value));
  } catch (error) {
    throw unsavable(node, error);
  }
  const chunk = writer.releaseBuffer();
  if (chunk.length > MOST_BYTES && some.length > 1) {
    const middle = (start + end) >> 1;
    yield* encode(node, changes, start, middle);
    yield* encode(node, changes, middle, end);
    return;
  }
  chunk.writeUInt32LE(crc32(chunk.subarray(CHECKSUM_BYTES)));
  yield chunk;
}
