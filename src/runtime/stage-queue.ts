import type { Millis } from '../clock.ts';
import type { AsyncStage, Outcome, Result } from '../component/operator.ts';
import { DataError } from '../errors.ts';
import type { Event } from '../event.ts';
import type { NodeCounters } from '../metrics/counters.ts';
import type { Bell } from './bell.ts';
import { type RetryPolicy, settle } from './retry.ts';

/** Events of one batch: enough to share a round trip, few enough to be spread over those in flight. */
const BATCH = 100;

export interface StageQueueHost {
  readonly bell: Bell;
  readonly retry: RetryPolicy;
  readonly maxConcurrency: number;
  /** Aborts at a forced exit. */
  readonly signal: AbortSignal;
  fail(error: unknown): void;
}

/** What comes out, in the order in which it came in. */
export interface StageOutput {
  /** `root` is the event as the node received it; `attempts`: how often the stage was asked. */
  outcome(outcome: Outcome, event: Event, root: Event, attempts: number): void;
  /** What fell due in the stage at the watermark that comes next. */
  results(results: readonly Result[]): void;
  watermark(watermark: Millis): void;
}

interface WaitingEvent {
  readonly event: Event;
  readonly root: Event;
  outcome: Outcome | undefined;
  attempts: number;
}

/** A watermark that the stage has to see, and what it made of it. */
interface WaitingTime {
  readonly watermark: Millis;
  results: readonly Result[] | undefined;
}

/** Events on their way through a stage, and the watermarks between them: none overtakes another. */
export class StageQueue {
  readonly stage: AsyncStage;
  readonly #host: StageQueueHost;
  readonly #counters: NodeCounters;
  readonly #output: StageOutput;
  readonly #concurrency: number;
  readonly #batch: number;
  /** In order. */
  #entries: (WaitingEvent | WaitingTime | Millis)[] = [];
  #unstarted: (WaitingEvent | WaitingTime)[] = [];
  #inFlight = 0;
  #emptied: (() => void) | undefined;

  constructor(stage: AsyncStage, counters: NodeCounters, output: StageOutput, host: StageQueueHost) {
    this.stage = stage;
    this.#counters = counters;
    this.#output = output;
    this.#host = host;
    const concurrency = stage.advance === undefined ? stage.concurrency : 1;
    this.#concurrency = Math.max(1, Math.min(concurrency, host.maxConcurrency));
    this.#batch = stage.batch ?? BATCH;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** How many more it takes: in all, every batch in flight and the next ones. */
  get room(): number {
    return Math.max(0, this.#batch * this.#concurrency * 2 - this.#entries.length);
  }

  push(event: Event, root: Event): void {
    this.#wait({ event, root, outcome: undefined, attempts: 0 });
  }

  pushWatermark(watermark: Millis): void {
    if (this.stage.advance !== undefined) {
      this.#wait({ watermark, results: undefined });
      // Mostly there is nothing to wait for.
      this.pump();
    } else if (this.isEmpty) this.#output.watermark(watermark);
    else this.#entries.push(watermark);
  }

  /** Starts what can be started. */
  pump(): void {
    while (this.#inFlight < this.#concurrency) {
      const [next] = this.#unstarted;
      if (next === undefined) break;
      if ('watermark' in next) {
        this.#unstarted.shift();
        this.#advance(next);
      } else void this.#run(this.#nextBatch());
    }
  }

  /** Starts what is left, and resolves when all of it has come out; nothing may be pushed meanwhile. */
  async emptied(): Promise<void> {
    this.pump();
    if (this.isEmpty) return;
    await new Promise<void>((resolve) => {
      this.#emptied = resolve;
    });
  }

  #wait(entry: WaitingEvent | WaitingTime): void {
    this.#entries.push(entry);
    this.#unstarted.push(entry);
  }

  /** Events up to the next watermark that the stage has to see. */
  #nextBatch(): readonly WaitingEvent[] {
    const time = this.#unstarted.findIndex((entry) => 'watermark' in entry);
    const events = time < 0 ? this.#unstarted.length : time;
    return this.#unstarted.splice(0, Math.min(events, this.#batch)) as WaitingEvent[];
  }

  #advance(entry: WaitingTime): void {
    const due = this.stage.advance?.(entry.watermark);
    if (due === undefined) {
      entry.results = [];
      this.#release();
    } else void this.#during(async () => void (entry.results = await due));
  }

  #run(batch: readonly WaitingEvent[]): Promise<void> {
    return this.#during(async () => {
      const { outcomes, attempts } = await this.#settled(batch.map(({ event }) => event));
      for (const [index, entry] of batch.entries()) {
        entry.outcome = outcomes[index]!;
        entry.attempts = attempts;
      }
    });
  }

  /** Counts what is in flight, and goes on when it is done. */
  async #during(work: () => Promise<void>): Promise<void> {
    this.#inFlight++;
    try {
      await work();
      this.#release();
    } catch (error) {
      this.#host.fail(error);
    } finally {
      this.#inFlight--;
      this.pump();
      this.#host.bell.ring();
    }
  }

  async #settled(batch: readonly Event[]): Promise<{ outcomes: readonly Outcome[]; attempts: number }> {
    const { retry, signal } = this.#host;
    let outcomes: readonly Outcome[] = [];
    const write = async (events: readonly Event[]) => {
      outcomes = await this.stage.run(events, signal);
      return [];
    };
    const { rejections, attempts } = await settle({ write }, batch, retry, this.#counters, signal);
    if (rejections.length > 0) outcomes = batch.map((_, index) => rejectionAt(rejections, index));
    return { outcomes, attempts };
  }

  /** Lets out what is done, up to the first event that is not. */
  #release(): void {
    let released = 0;
    for (const entry of this.#entries) {
      if (typeof entry === 'number') this.#output.watermark(entry);
      else if ('watermark' in entry) {
        if (entry.results === undefined) break;
        this.#output.results(entry.results);
        this.#output.watermark(entry.watermark);
      } else if (entry.outcome === undefined) break;
      else this.#output.outcome(entry.outcome, entry.event, entry.root, entry.attempts);
      released++;
    }
    this.#entries.splice(0, released);
    if (this.isEmpty) this.#emptied?.();
  }
}

function rejectionAt(rejections: readonly { index: number; error: DataError }[], index: number): DataError {
  return (
    rejections.find((rejection) => rejection.index === index)?.error ??
    new DataError('retries', 'not settled')
  );
}
