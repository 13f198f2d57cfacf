import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';
import type { StateChange } from '../state/keyed-state.ts';
import type { StateDelta, StateEntry } from './store.ts';

/** Keys of one chunk, at the most. */
const MOST_KEYS = 1000;
/** Bytes of one chunk, unless a single key needs more: well under what a Cassandra cell takes with ease. */
const MOST_BYTES = 512 * 1024;
const CHECKSUM_BYTES = 4;

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
      for (const bytes of encode(changes.slice(start, start + MOST_KEYS))) {
        yield { node, state, part: part++, bytes };
      }
    }
  }
}

/** The keys of a chunk; a value is undefined where the key is gone. Throws DamagedState. */
export function entriesOf({ node, state, bytes }: Omit<StateChunk, 'part'>): StateEntry[] {
  verifyChunk({ node, state, bytes });
  const [keys, values]: [string[], unknown[]] = deserialize(bytes.subarray(CHECKSUM_BYTES));
  return keys.map((key, index) => ({ node, state, key, value: values[index] }));
}

/** A chunk that is not what was written. */
class DamagedState extends Error {
  override readonly name = 'DamagedState';
}

export function verifyChunk({ node, state, bytes }: Omit<StateChunk, 'part'>): void {
  const isWhole =
    bytes.length > CHECKSUM_BYTES && bytes.readUInt32LE(0) === crc32(bytes.subarray(CHECKSUM_BYTES));
  if (!isWhole) throw new DamagedState(`the state ${state} of ${node} is damaged: its checksum does not fit`);
}

function* encode(changes: readonly StateChange[]): Iterable<Buffer> {
  const payload = serialize([changes.map(({ key }) => key), changes.map(({ value }) => value)]);
  if (payload.length > MOST_BYTES && changes.length > 1) {
    const middle = changes.length >> 1;
    yield* encode(changes.slice(0, middle));
    yield* encode(changes.slice(middle));
    return;
  }
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(payload));
  yield Buffer.concat([checksum, payload]);
}
