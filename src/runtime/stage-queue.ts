import type { Millis } from '../clock.ts';
import type { AsyncStage, Outcome } from '../component/operator.ts';
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
  watermark(watermark: Millis): void;
}

interface WaitingEvent {
  readonly event: Event;
  readonly root: Event;
  outcome: Outcome | undefined;
  attempts: number;
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
  #entries: (WaitingEvent | Millis)[] = [];
  #unstarted: WaitingEvent[] = [];
  #inFlight = 0;
  #emptied: (() => void) | undefined;

  constructor(stage: AsyncStage, counters: NodeCounters, output: StageOutput, host: StageQueueHost) {
    this.stage = stage;
    this.#counters = counters;
    this.#output = output;
    this.#host = host;
    this.#concurrency = Math.max(1, Math.min(stage.concurrency, host.maxConcurrency));
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
    const entry = { event, root, outcome: undefined, attempts: 0 };
    this.#entries.push(entry);
    this.#unstarted.push(entry);
  }

  pushWatermark(watermark: Millis): void {
    if (this.isEmpty) this.#output.watermark(watermark);
    else this.#entries.push(watermark);
  }

  /** Starts what can be started. */
  pump(): void {
    while (this.#inFlight < this.#concurrency && this.#unstarted.length > 0) {
      void this.#run(this.#unstarted.splice(0, this.#batch));
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

  async #run(batch: readonly WaitingEvent[]): Promise<void> {
    this.#inFlight++;
    try {
      const { outcomes, attempts } = await this.#settled(batch.map(({ event }) => event));
      for (const [index, entry] of batch.entries()) {
        entry.outcome = outcomes[index]!;
        entry.attempts = attempts;
      }
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
      else if (entry.outcome === undefined) break;
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
