import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import type { Clock, Millis } from '../clock.ts';
import type { JoinedSink, LocalTransaction } from '../component/sink.ts';
import type { Event } from '../event.ts';
import { NodeCounters } from '../metrics/counters.ts';
import type { LatencyHistogram } from '../metrics/latency.ts';
import type { CounterTotals } from '../metrics/snapshot.ts';
import type { SinkSpec } from '../spec/job.ts';
import type { LetterBox } from './letters.ts';
import { recordLatencies } from './outlet.ts';

/** The way out into a sink whose rows are part of the checkpoint's transaction: each flush is a checkpoint. */
export class JoinedOutlet {
  readonly counters: NodeCounters;
  readonly sink: JoinedSink;
  readonly #spec: SinkSpec;
  readonly #clock: Clock;
  readonly #letters: LetterBox;
  readonly #latencies: readonly LatencyHistogram[];
  #buffer: Event[] = [];
  #bufferedSince: Millis = 0;

  constructor(
    spec: SinkSpec,
    sink: JoinedSink,
    host: { clock: Clock; letters: LetterBox; latencies: readonly LatencyHistogram[] },
  ) {
    this.#spec = spec;
    this.sink = sink;
    this.#clock = host.clock;
    this.#letters = host.letters;
    this.#latencies = host.latencies;
    this.counters = new NodeCounters(spec.name, 'sink', spec.type);
  }

  get depth(): number {
    return this.#buffer.length;
  }

  /** Whether a checkpoint should be made now, for the sake of the rows. */
  get isFull(): boolean {
    return this.#buffer.length >= this.#spec.batch_size;
  }

  get deadline(): Millis {
    return this.#buffer.length === 0
      ? Number.POSITIVE_INFINITY
      : this.#bufferedSince + this.#spec.flush_interval;
  }

  accept(event: Event): void {
    this.counters.in++;
    if (this.#buffer.length === 0) this.#bufferedSince = this.#clock.elapsed();
    this.#buffer.push(event);
  }

  /** Takes the rows out for the checkpoint that is cut now. */
  cut(): JoinedRows {
    const rows = this.#buffer;
    const taken = this.counters.in;
    this.#buffer = [];
    let written = 0;
    return {
      apply: (transaction) => {
        const letters: DeadLetter[] = [];
        const rejections = this.sink.apply(rows, transaction);
        for (const { index, error } of rejections) {
          const letter = this.#letters.judge(this.counters, this.#spec.on_error, rows[index]!, error);
          if (letter !== undefined) letters.push(letter);
        }
        written = rows.length - rejections.length;
        const { out } = this.counters;
        return { letters, totals: { ...this.counters.totals(), in: taken, out: out + written } };
      },
      acknowledged: () => {
        this.counters.out += written;
        recordLatencies(rows, this.#clock.elapsed(), this.#latencies);
      },
    };
  }
}

export interface JoinedRows {
  /** Inside the transaction. Gives the letters of the rows that were refused, and the totals as of the cut. */
  apply(transaction: LocalTransaction): { letters: readonly DeadLetter[]; totals: CounterTotals };
  /** After the transaction. */
  acknowledged(): void;
}
