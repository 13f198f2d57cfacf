import { deserialize, serialize } from 'node:v8';
import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import type { Millis } from '../clock.ts';
import { type Change, Event, type JsonObject, type Origin } from '../event.ts';
import { type OneRecord, recordAt, StoredRecord } from './stored-record.ts';

/** Bytes of one chunk, unless a single row needs more: well under what a store takes with ease. */
const MOST_BYTES = 512 * 1024;

/** An event on its way to a staged sink, with the write token that it keeps. */
export interface StagedRow {
  readonly event: Event;
  readonly token: bigint;
  /** Whether it is a dead letter's, and so no newer than that. */
  readonly isReplayed: boolean;
  /** The letter that it is of: if it is refused again, that is one attempt more. */
  readonly letter?: DeadLetter | undefined;
}

type EncodedRow = readonly [
  value: JsonObject | null,
  time: Millis | null,
  id: string | null,
  change: Change,
  firing: number,
  final: boolean,
  token: bigint,
  source: string,
  record: OneRecord,
  isReplayed: boolean,
  letter: DeadLetter | undefined,
];

/** Rows as a checkpoint holds them, in chunks. */
export function encodeRows(rows: readonly StagedRow[]): Uint8Array[] {
  return inChunks(rows.map(encodeRow));
}

export function decodeRows(chunk: Uint8Array): StagedRow[] {
  return (deserialize(chunk) as EncodedRow[]).map(decodeRow);
}

function inChunks(rows: readonly EncodedRow[]): Uint8Array[] {
  const bytes = serialize(rows);
  if (bytes.length <= MOST_BYTES || rows.length === 1) return [bytes];
  const middle = rows.length >> 1;
  return [...inChunks(rows.slice(0, middle)), ...inChunks(rows.slice(middle))];
}

function encodeRow({ event, token, isReplayed, letter }: StagedRow): EncodedRow {
  const { value, time, id, change, firing, final, origin, index } = event;
  const record = recordAt(origin.records, index);
  return [value, time, id, change, firing, final, token, origin.source, record, isReplayed, letter];
}

function decodeRow(row: EncodedRow): StagedRow {
  const [value, time, id, change, firing, final, token, source, record, isReplayed, letter] = row;
  const origin: Origin = { source, records: new StoredRecord(record), readAt: 0 };
  const event = new Event(value, time, origin, 0, id, change, firing, final);
  return { event, token, isReplayed, letter };
}
