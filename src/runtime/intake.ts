import type { SourceCheckpoint } from '../checkpoint/store.ts';
import type { Clock, Millis } from '../clock.ts';
import type { Source, SourceHost } from '../component/source.ts';
import { DataError } from '../errors.ts';
import type { Event, Origin, PartitionId, Positions } from '../event.ts';
import { NodeCounters } from '../metrics/counters.ts';
import type { PartitionSnapshot } from '../metrics/snapshot.ts';
import type { PlannedSource } from '../plan/model.ts';
import type { BackpressureSpec, SourceSpec } from '../spec/job.ts';
import { Alignment } from './alignment.ts';
import { Backpressure } from './backpressure.ts';
import type { Bell } from './bell.ts';
import { Endings } from './endings.ts';
import type { Inlet } from './inlet.ts';
import type { LetterBox } from './letters.ts';
import { PartitionStates } from './partition-states.ts';
import { type DroppedRun, RunQueue } from './queue.ts';
import { RecordReader } from './record-reader.ts';
import { restoredTime, SourceWatermark, storedTime } from './watermark.ts';

/** Bytes taken from a source at once: enough to be efficient, few enough to stay responsive. */
const POLL_BYTES = 4 * 1024 * 1024;

/** What an intake needs of the engine. */
export interface IntakeHost {
  readonly clock: Clock;
  readonly bell: Bell;
  readonly letters: LetterBox;
  /** Aborts when the job is over. */
  readonly over: AbortSignal;
  /** Saves a checkpoint that holds all that was processed so far. */
  checkpointNow(): Promise<void>;
  fail(error: Error): void;
  notice(line: string): void;
}

/** One source's way in: reads it, queues, drops under backpressure, decodes, and pushes events into the graph. */
export class Intake implements SourceHost {
  readonly name: string;
  readonly clock: Clock;
  readonly counters: NodeCounters;
  readonly queue = new RunQueue();
  readonly watermark: SourceWatermark;
  readonly source: Source;
  readonly spec: SourceSpec;
  readonly positionUnit: 'bytes' | 'events';
  readonly #isReplayable: boolean;
  readonly #backpressure: Backpressure;
  readonly #inlet: Inlet;
  readonly #host: IntakeHost;
  readonly #reader: RecordReader;
  readonly #saved: SourceCheckpoint | undefined;
  readonly #partitions: PartitionStates;
  /** Only where somebody goes by time, and a partition can wait without holding up others. */
  readonly #alignment: Alignment | undefined;
  readonly #endings: Endings;
  #positions: Record<PartitionId, number>;
  #waiting = false;

  constructor(
    { spec, definition }: PlannedSource,
    source: Source,
    inlet: Inlet,
    backpressure: BackpressureSpec,
    saved: SourceCheckpoint | undefined,
    host: IntakeHost,
  ) {
    this.name = spec.name;
    this.spec = spec;
    this.source = source;
    this.positionUnit = definition.positionUnit ?? 'events';
    this.#isReplayable = definition.replayable;
    this.clock = host.clock;
    this.#partitions = new PartitionStates(host.clock);
    this.counters = new NodeCounters(spec.name, 'source', spec.type);
    this.watermark = new SourceWatermark(spec.watermark, restoredTime(saved?.watermark));
    this.#inlet = inlet;
    this.#backpressure = new Backpressure(backpressure, this.queue, {
      name: spec.name,
      drop: (origin, from, to) => this.#drop(origin, from, to),
      passOver: (run) => this.#passOver(run),
      notice: (line) => host.notice(line),
    });
    this.#host = host;
    this.#saved = saved;
    this.#positions = { ...saved?.positions };
    this.#reader = new RecordReader(spec);
    this.#endings = new Endings(source, this.queue, (partition) => {
      this.watermark.finish(partition);
      this.#inlet.advance(this.watermark.current);
    });
    if (source.hasIndependentPartitions && inlet.listeners.length > 0)
      this.#alignment = new Alignment(source, this.watermark, spec.max_drift);
  }

  open(): Promise<void> {
    return this.source.open(this.#positions, this);
  }

  /** Whether all there will ever be has been processed. */
  get finished(): boolean {
    return this.source.ended && this.queue.isEmpty;
  }

  /** How far in event time it may be ahead of others. */
  get maxDrift(): Millis {
    return this.spec.max_drift;
  }

  /** Fills the queue from the source, at most `budget` records. Tells how many came. */
  admit(budget: number): number {
    let admitted = 0;
    for (;;) {
      const room = this.#backpressure.roomAfter(admitted);
      const wanted = Math.min(room, budget - admitted, this.spec.batch_size);
      if (wanted <= 0) return admitted;
      const records = this.source.poll(wanted, POLL_BYTES);
      if (records === undefined) {
        if (!this.source.ended) this.#awaitSource();
        return admitted;
      }
      admitted += records.length;
      this.#endings.begun(records.partition);
      this.#backpressure.push({ source: this.name, records, readAt: this.clock.elapsed() });
    }
  }

  /**
   * Decodes and pushes up to `most` records into the graph, and none behind the first that is later than `until`. Tells
   * how many; a run of dropped ones counts as one.
   */
  process(most: number, until: Millis = Number.POSITIVE_INFINITY): number {
    let left = most;
    while (left > 0) {
      const run = this.queue.peek();
      if (run === undefined) break;
      if (run.isDropped) {
        this.#passOver(run);
        this.queue.advance(run.count);
        this.#endings.check();
        left--;
        if (this.watermark.latest > until) break;
        continue;
      }
      const wanted = Math.min(left, run.to - run.from);
      const count = this.#push(run.origin, run.from, run.from + wanted, until);
      this.queue.advance(count);
      this.#endings.check();
      left -= count;
      if (count < wanted || this.watermark.latest > until) break;
    }
    this.#alignment?.check();
    this.#backpressure.check();
    return most - left;
  }

  /** Forgets what waits, if it can be read again. */
  leaveQueue(): void {
    if (this.#isReplayable) this.queue.clear();
  }

  /** A record that was refused comes once more; it is neither read nor in order. */
  readmit(origin: Origin): void {
    try {
      const event = this.#reader.event(origin, 0);
      this.counters.out++;
      this.#inlet.push(event);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.#host.letters.rejectRecord(this.counters, this.name, origin.records, 0, error);
    }
  }

  /** For a replay, which reads nothing: event time stands where the checkpoint left it. */
  standStill(): void {
    this.#inlet.advance(this.watermark.current);
  }

  /** After the end of all input: lets everything that waits for time happen. */
  endOfTime(): void {
    this.watermark.end();
    this.#inlet.advance(this.watermark.current);
  }

  /** Where the source stands: all that was processed, and nothing of what is queued. */
  checkpoint(): SourceCheckpoint {
    const ends = this.source.ends?.();
    return {
      positions: { ...this.#positions },
      times: this.watermark.newest(),
      watermark: storedTime(this.watermark.current),
      ...(ends === undefined ? {} : { ends }),
    };
  }

  partitions(): PartitionSnapshot[] {
    return this.#partitions.snapshot().map((state) => ({
      source: this.name,
      position: this.#positions[state.partition] ?? 0,
      ...state,
    }));
  }

  exist(partitions: readonly PartitionId[]): void {
    for (const partition of partitions) this.watermark.add(partition, this.#saved?.times[partition]);
  }

  async assigned(partitions: readonly PartitionId[]): Promise<Positions> {
    this.exist(partitions);
    for (const partition of partitions) {
      this.#partitions.add(partition);
      this.#endings.reached(partition, this.#positions[partition]);
    }
    const known = partitions.filter((partition) => this.#positions[partition] !== undefined);
    return Object.fromEntries(known.map((partition) => [partition, this.#positions[partition]!]));
  }

  async revoked(partitions: readonly PartitionId[]): Promise<void> {
    this.queue.discard(new Set(partitions));
    await this.#host.checkpointNow();
    for (const partition of partitions) {
      this.#partitions.delete(partition);
      this.#alignment?.forget(partition);
      // It will come back, with events that must not be late then.
      this.watermark.setIdle(partition, false);
    }
  }

  status(partition: PartitionId, status: PartitionSnapshot['status']): void {
    const isKnown = this.#partitions.status(partition, status);
    if (isKnown && status !== 'idle') this.watermark.setIdle(partition, false);
  }

  /** Lets partitions that have been idle for long enough no longer hold back the watermark, nor one another. */
  checkIdle(): void {
    for (const partition of this.#partitions.idleFor(this.spec.idle_timeout)) {
      // What waits here, for a sink that is slow, is not late when its turn comes.
      if (!this.queue.has(partition)) this.watermark.setIdle(partition, true);
    }
    this.#inlet.advance(this.watermark.current);
    this.#alignment?.check();
    if (this.spec.close_when_idle && this.watermark.isIdle) this.#closeAll();
  }

  lag(partition: PartitionId, records: number | null): void {
    this.#partitions.lag(partition, records);
    if (records === 0) this.#endings.upToDate(partition);
  }

  ended(partition: PartitionId): void {
    this.#endings.ended(partition);
  }

  /** What is emitted at the closing of one window may open another behind it. */
  #closeAll(): void {
    for (let { horizon } = this.#inlet; horizon > this.watermark.current; { horizon } = this.#inlet) {
      this.watermark.reach(horizon);
      this.#inlet.advance(horizon);
    }
  }

  fail(error: Error): void {
    this.#host.fail(error);
  }

  notice(line: string): void {
    this.#host.notice(line);
  }

  #push(origin: Origin, from: number, to: number, until: Millis): number {
    const { records } = origin;
    const { partition } = records;
    // After a recovery the first event is judged by the watermark that the checkpoint kept.
    this.#inlet.advance(this.watermark.current);
    let index = from;
    for (let isBehind = true; index < to && isBehind; index++) {
      this.counters.in++;
      let event: Event;
      try {
        event = this.#reader.event(origin, index);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        this.#host.letters.rejectRecord(this.counters, this.name, records, index, error);
        continue;
      }
      this.counters.out++;
      this.#inlet.push(event);
      if (event.time !== null) {
        this.watermark.observe(partition, event.time);
        this.#inlet.advance(this.watermark.current);
        isBehind = event.time <= until;
      }
    }
    if (index > from) this.#moveTo(partition, records.next(index - 1));
    return index - from;
  }

  #drop({ records }: Origin, from: number, to: number): DroppedRun {
    return {
      isDropped: true,
      partition: records.partition,
      count: to - from,
      next: records.next(to - 1),
      newest: this.#reader.newest(records, from, to),
    };
  }

  /** Dropped records move position and watermark, and no more. */
  #passOver({ partition, count, next, newest }: DroppedRun): void {
    this.counters.in += count;
    this.counters.dropped += count;
    if (newest > Number.NEGATIVE_INFINITY) this.watermark.observe(partition, newest);
    this.#moveTo(partition, next);
    this.#inlet.advance(this.watermark.current);
  }

  #moveTo(partition: PartitionId, position: number): void {
    this.#positions[partition] = position;
    this.#endings.reached(partition, position);
  }

  #awaitSource(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    void this.source.ready(this.#host.over).then(() => {
      this.#waiting = false;
      this.#host.bell.ring();
    });
  }
}
