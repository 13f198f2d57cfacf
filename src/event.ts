import type { Millis } from './clock.ts';

/** A value in an event: JSON, with integers beyond 2^53 as bigint and points in time made by operators as Date. */
export type Value = null | boolean | number | bigint | string | Date | readonly Value[] | JsonObject;
export interface JsonObject {
  [field: string]: Value;
}

/** A partition of a source: `topic/3` for Kafka, the path for a file, `0` where there is but one. */
export type PartitionId = string;

/** Where in a partition to resume: a Kafka offset, a byte offset in a file, a count. Always the *next* to read. */
export type Position = number;

/** Partition → position, for one source. */
export type Positions = Readonly<Record<PartitionId, Position>>;

export type Headers = Readonly<
  Record<string, Uint8Array | string | readonly (Uint8Array | string)[] | undefined>
>;

/**
 * A run of records of one partition as they came off the wire, undecoded. All methods take an index in
 * `[0, length)`, are synchronous and may be called at any time while an event refers to the run.
 */
export interface Records {
  readonly partition: PartitionId;
  readonly length: number;
  /** The record as text for decoding; null is a tombstone. Throws DataError if the bytes are not UTF-8. */
  text(index: number): string | null;
  /** The original bytes, for dead letters; null is a tombstone. */
  bytes(index: number): Uint8Array | null;
  /** The size of the record in bytes, for bounds. */
  size(index: number): number;
  key(index: number): Uint8Array | null;
  headers(index: number): Headers;
  /** The record's own timestamp (Kafka's), if it has one. */
  timestamp(index: number): Millis | null;
  /** The record's own position. */
  offset(index: number): Position;
  /** Where to resume once this record is done with. */
  next(index: number): Position;
  /**
   * The decoded value, from a source that decodes itself (the generator; CSV, whose header is the file's); the codec
   * is skipped. Throws DataError.
   */
  value?(index: number): JsonObject;
  /** The columns of rows of CSV, without which no row can be decoded. */
  readonly columns?: readonly string[] | undefined;
}

/** Where an event came from; shared by all events of one run. */
export interface Origin {
  /** The source's name in the job. */
  readonly source: string;
  readonly records: Records;
  /** When the run was read, on the steady clock: latency is measured from here to the sink's acknowledgement. */
  readonly readAt: Millis;
}

/** `delete` retracts the row of the same identity. */
export type Change = 'upsert' | 'delete';

/**
 * One event on its way. Operators make new events with `derive`; they change `value` in place only where the plan
 * says that nobody else holds it.
 */
export class Event {
  /** null is a tombstone. */
  readonly value: JsonObject | null;
  /** Event time; null where the source has none. */
  readonly time: Millis | null;
  readonly origin: Origin;
  /** The event's index in `origin.records`. */
  readonly index: number;
  /** A derived event's deterministic identity; null for an event that is its source record. */
  readonly id: string | null;
  readonly change: Change;
  /** How often this result has been emitted before (windows: 0 is the first firing). */
  readonly firing: number;
  /** Whether this result can change no more. */
  readonly final: boolean;

  constructor(
    value: JsonObject | null,
    time: Millis | null,
    origin: Origin,
    index: number,
    id: string | null = null,
    change: Change = 'upsert',
    firing = 0,
    final = true,
  ) {
    this.value = value;
    this.time = time;
    this.origin = origin;
    this.index = index;
    this.id = id;
    this.change = change;
    this.firing = firing;
    this.final = final;
  }
}

/** The same event with another value. */
export function derive(event: Event, value: JsonObject | null): Event {
  return new Event(
    value,
    event.time,
    event.origin,
    event.index,
    event.id,
    event.change,
    event.firing,
    event.final,
  );
}

/** The event's identity: equal for the same event in every run over the same input. */
export function identityOf(event: Event): string {
  if (event.id !== null) return event.id;
  const { source, records } = event.origin;
  return `${source}:${records.partition}:${records.offset(event.index)}`;
}

/** Identities hold positions, which count. */
const natural = new Intl.Collator('en', { numeric: true });

/** The order of events of one time: of a partition, as they came. */
export function compareIdentities(one: string, other: string): number {
  return natural.compare(one, other) || (one < other ? -1 : Number(one !== other));
}
