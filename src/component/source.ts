import type { Clock } from '../clock.ts';
import type { PartitionId, Position, Positions, Records } from '../event.ts';

/**
 * What a source may ask of, and must tell, the runtime. The runtime implements it; a source calls it at any time
 * between `open` and `close`.
 */
export interface SourceHost {
  /** The source's name in the job. */
  readonly name: string;
  readonly clock: Clock;
  /**
   * Called when the source knows all its partitions, whichever process has them now: events of any of them may come
   * yet, so that each holds back event time from here on. A source whose partitions are all its own need not call it.
   */
  exist(partitions: readonly PartitionId[]): void;
  /**
   * Called when partitions were assigned to this process, before any of their records is returned by `poll`.
   * Resolves with the positions to resume from; a partition that is absent starts where the source's options say.
   */
  assigned(partitions: readonly PartitionId[]): Promise<Positions>;
  /**
   * Called when partitions are taken away. Resolves when everything read from them is durable and the checkpoint
   * says so; the source keeps its claim on them until then. No record of them may be returned by `poll` after.
   */
  revoked(partitions: readonly PartitionId[]): Promise<void>;
  /**
   * `idle`: reachable, at the end of the log, nothing new. `unreachable`: the server does not answer (never idle).
   * Said only when it changes.
   */
  status(partition: PartitionId, status: 'active' | 'idle' | 'unreachable'): void;
  /**
   * Called in a bounded read, of partitions that are read one after the other: `poll` has returned all that there will
   * ever be of this one, perhaps nothing. It holds back event time no more.
   */
  ended(partition: PartitionId): void;
  /** How many records stand behind the last one polled (Kafka lag) or null if unknown; for the dashboard. */
  lag(partition: PartitionId, records: number | null): void;
  /** Ends the job: with an UnreachableError exit 3, a SpecError exit 2, anything else is a failure. */
  fail(error: Error): void;
  /** One line for a person, on stderr (`kafka: reconnecting …`); sanitized and rate limited by the runtime. */
  notice(line: string): void;
}

/**
 * A source of records. Life: `open` once; then `poll` and `ready` in turn, with `pause`/`resume` at any time; then
 * `close` once, also after a failure. Reading ahead into a buffer bounded in bytes is the source's own business.
 */
export interface Source {
  /** Connects. Throws UnreachableError or SpecError within 10 s. `resume` holds the checkpoint's positions, {} if none. */
  open(resume: Positions, host: SourceHost): Promise<void>;
  /**
   * The next run of records, all of one partition, in its order; undefined if there is none right now. Never waits.
   * At most `maxRecords`, and no more than `maxBytes` unless the first alone is larger.
   */
  poll(maxRecords: number, maxBytes: number): Records | undefined;
  /**
   * Resolves when `poll` may return records, when `ended` may have become true, or when `signal` aborts; may resolve
   * early. Never rejects.
   */
  ready(signal: AbortSignal): Promise<void>;
  /** Whether the input is at its end for good: all of it has been returned by `poll`. Never true for an unbounded one. */
  readonly ended: boolean;
  /** Whether a paused partition holds up no other: only then are partitions kept together in event time. */
  readonly hasIndependentPartitions?: boolean;
  /**
   * Stops, and starts again, fetching of all partitions; records already fetched may still be polled. Of one partition
   * alone nothing is polled either, so that others get ahead of what was fetched of it.
   */
  pause(partition?: PartitionId): void;
  resume(partition?: PartitionId): void;
  /**
   * The end positions of a bounded read (`--exit-at-end`: taken once at `open`; a file's size), for the checkpoint
   * and for progress; undefined if unbounded. Positions are of the same kind as `Records.next`.
   */
  ends?(): Positions | undefined;
  /** Whether other processes go on from the positions that it was told to be durable: then it is told after each checkpoint. */
  readonly sharesPositions?: boolean;
  /** Told after a checkpoint, now and then, that these positions are durable (Kafka commits them to the group). */
  committed?(positions: Positions): Promise<void>;
  close(): Promise<void>;
}

/** Position of the first record of a partition that has never been read, where a source counts from zero. */
export const START: Position = 0;
