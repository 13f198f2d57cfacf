import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import type { Clock, Millis } from '../clock.ts';
import type { Sink, Token } from '../component/sink.ts';
import { OutputClosed } from '../errors.ts';
import type { Event } from '../event.ts';
import { NodeCounters } from '../metrics/counters.ts';
import type { LatencyHistogram } from '../metrics/latency.ts';
import type { CounterTotals } from '../metrics/snapshot.ts';
import type { SinkSpec } from '../spec/job.ts';
import type { Bell } from './bell.ts';
import type { LetterBox } from './letters.ts';
import { type Refusal, type RetryPolicy, settle } from './retry.ts';
import type { RowTokens } from './row-tokens.ts';

/** What an outlet needs of the engine. */
export interface OutletHost {
  readonly clock: Clock;
  readonly bell: Bell;
  readonly letters: LetterBox;
  readonly latencies: readonly LatencyHistogram[];
  readonly retry: RetryPolicy;
  /** Aborts at a forced exit. */
  readonly signal: AbortSignal;
  fail(error: unknown): void;
  /**
   * Called where whoever read the sink's output has closed it, and other sinks still want what was read: its rows are
   * dropped from here on. Undefined where nothing else is left to write, so that the job ends at once.
   */
  readonly outputClosed?: (() => void) | undefined;
  /** Write tokens for this many rows are there when it resolves; undefined if they are already. */
  tokensFor(rows: number): Promise<void> | undefined;
  /** Where the sink's rows have write tokens. */
  readonly rowTokens?: RowTokens | undefined;
}

/** What a sink contributes to a checkpoint. */
export interface OutletCut {
  readonly token: Token | null;
  readonly totals: CounterTotals;
  readonly letters: readonly DeadLetter[];
}

/** One sink's way out: batches by size and time, some in flight, retried, acknowledged or refused. */
export class Outlet {
  readonly counters: NodeCounters;
  readonly sink: Sink;
  readonly #spec: SinkSpec;
  readonly #host: OutletHost;
  readonly #concurrency: number;
  /** Of the rows accepted and not yet acknowledged. */
  readonly #tokens = new Map<Event, bigint>();
  #buffer: Event[] = [];
  #bufferedSince: Millis = 0;
  #full: Event[][] = [];
  #inFlight = 0;
  #rows = 0;
  #letters: DeadLetter[] = [];
  /** While a checkpoint is cut: how many of the full batches belong to it; the others wait. */
  #admitted: number | null = null;
  #settled: (() => void) | undefined;
  /** Why a batch was lost: no checkpoint may be saved after that. */
  #failure: { error: unknown } | undefined;

  constructor(spec: SinkSpec, sink: Sink, concurrency: number, host: OutletHost) {
    this.#spec = spec;
    this.sink = sink;
    this.#concurrency = Math.max(1, Math.min(concurrency, sink.concurrency));
    this.#host = host;
    this.counters = new NodeCounters(spec.name, 'sink', spec.type);
  }

  /** Rows accepted and not yet acknowledged. */
  get depth(): number {
    return this.#rows;
  }

  /** Whether it takes more: enough for every write in flight, and the next batch. */
  get hasRoom(): boolean {
    return this.#rows < this.#spec.batch_size * (this.#concurrency + 1);
  }

  /** When the buffer must be written, on the steady clock. */
  get deadline(): Millis {
    return this.#buffer.length === 0
      ? Number.POSITIVE_INFINITY
      : this.#bufferedSince + this.#spec.flush_interval;
  }

  /** The write token of an event that was accepted. */
  tokenOf(event: Event): bigint | undefined {
    return this.#tokens.get(event);
  }

  accept(event: Event): void {
    this.counters.in++;
    this.#rows++;
    const token = this.#host.rowTokens?.of(event);
    if (token !== undefined) this.#tokens.set(event, token);
    if (this.#buffer.length === 0) this.#bufferedSince = this.#host.clock.elapsed();
    this.#buffer.push(event);
    if (this.#buffer.length >= this.#spec.batch_size) this.#fill();
  }

  /** Starts what can be started: full batches, and the buffer when it has waited long enough. */
  pump(): void {
    if (this.deadline <= this.#host.clock.elapsed()) this.#fill();
    while (this.#inFlight < this.#concurrency && this.#full.length > 0 && this.#admitted !== 0) {
      if (this.#admitted !== null) this.#admitted--;
      const batch = this.#full.shift()!;
      this.#inFlight++;
      void this.#write(batch);
    }
    if (this.#admitted === 0 && this.#inFlight === 0) this.#settled?.();
  }

  /**
   * Everything accepted so far belongs to the checkpoint: it is written and made durable before this resolves. What
   * is accepted meanwhile waits, and belongs to the next. Rejects if a batch could not be written.
   */
  async cut(): Promise<OutletCut> {
    this.#fill();
    this.#admitted = this.#full.length;
    const taken = this.counters.in;
    await new Promise<void>((resolve) => {
      this.#settled = resolve;
      this.pump();
    });
    this.#settled = undefined;
    if (this.#failure !== undefined) throw this.#failure.error;
    const token = await this.sink.prepare();
    const letters = this.#letters;
    this.#letters = [];
    const cut = { token, totals: { ...this.counters.totals(), in: taken }, letters };
    this.#admitted = null;
    this.pump();
    return cut;
  }

  #fill(): void {
    if (this.#buffer.length === 0) return;
    this.#full.push(this.#buffer);
    this.#buffer = [];
  }

  async #write(batch: readonly Event[]): Promise<void> {
    try {
      await this.#host.tokensFor(batch.length);
      const { rejections } = await settle(
        this.sink,
        batch,
        this.#host.retry,
        this.counters,
        this.#host.signal,
      );
      this.#acknowledge(batch, rejections);
    } catch (error) {
      if (error instanceof OutputClosed && this.#host.outputClosed !== undefined) {
        this.counters.dropped += batch.length;
        this.#host.outputClosed();
        return;
      }
      this.#failure ??= { error };
      this.#host.fail(error);
    } finally {
      this.#inFlight--;
      this.#rows -= batch.length;
      this.pump();
      this.#host.bell.ring();
    }
  }

  #acknowledge(batch: readonly Event[], rejections: readonly Refusal[]): void {
    for (const { index, error, attempts } of rejections) {
      const event = batch[index]!;
      const letter = this.#host.letters.judge(this.counters, this.#spec.on_error, event, error, {
        attempts,
        token: this.#tokens.get(event),
      });
      if (letter !== undefined) this.#letters.push(letter);
    }
    if (this.#tokens.size > 0) for (const event of batch) this.#tokens.delete(event);
    this.counters.out += batch.length - rejections.length;
    recordLatencies(batch, this.#host.clock.elapsed(), this.#host.latencies);
  }
}

/** Records how long each event took from its read to `now`; events of one run are recorded together. */
export function recordLatencies(
  batch: readonly Event[],
  now: Millis,
  into: readonly LatencyHistogram[],
): void {
  let start = 0;
  for (let i = 1; i <= batch.length; i++) {
    const { origin } = batch[start]!;
    if (i < batch.length && batch[i]!.origin === origin) continue;
    for (const histogram of into) histogram.record(now - origin.readAt, i - start);
    start = i;
  }
}
