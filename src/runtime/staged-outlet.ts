import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import type { StagedChunk } from '../checkpoint/store.ts';
import type { Clock, Millis } from '../clock.ts';
import type { Rejection, StagedSink, Token } from '../component/sink.ts';
import type { Event } from '../event.ts';
import { NodeCounters } from '../metrics/counters.ts';
import type { LatencyHistogram } from '../metrics/latency.ts';
import type { CounterTotals } from '../metrics/snapshot.ts';
import type { SinkSpec } from '../spec/job.ts';
import type { LetterBox } from './letters.ts';
import { insist, type RetryPolicy } from './retry.ts';
import type { RowTokens } from './row-tokens.ts';
import { decodeRows, encodeRows, type StagedRow } from './staged-rows.ts';
import type { Tokens } from './tokens.ts';

/** Rows encoded at once: a millisecond or two. */
const ROWS_AT_ONCE = 500;
/** Rows that wait to be encoded: more than one slice makes, unless the store gives out no tokens. */
const MOST_WAITING = 20_000;
/** Bytes of an interval; with the one that is being delivered, twice that is in memory. */
const MOST_BYTES = 16 * 1024 * 1024;

export interface StagedOutletHost {
  readonly clock: Clock;
  readonly letters: LetterBox;
  readonly latencies: readonly LatencyHistogram[];
  readonly retry: RetryPolicy;
  readonly tokens: Tokens;
  readonly rowTokens: RowTokens;
  /** Aborts at a forced exit. */
  readonly signal: AbortSignal;
}

/** What a staged sink contributes to a checkpoint. */
export interface StagedCut {
  readonly token: Token | null;
  readonly chunks: readonly StagedChunk[];
}

/** How many rows were read at one moment. */
interface Run {
  readonly readAt: Millis;
  rows: number;
}

interface Accepted {
  readonly event: Event;
  /** undefined: none was there to be had. */
  readonly token: bigint | undefined;
}

/** What is staged between two cuts. */
class Interval {
  readonly encoded: Uint8Array[] = [];
  buffer: Accepted[] = [];
  readonly runs: Run[] = [];
  rows = 0;
  bytes = 0;

  add(event: Event, token: bigint | undefined): void {
    this.buffer.push({ event, token });
    this.rows++;
    const { readAt } = event.origin;
    const run = this.runs.at(-1);
    if (run?.readAt === readAt) run.rows++;
    else this.runs.push({ readAt, rows: 1 });
  }
}

/**
 * The way out into a sink whose rows lie in a checkpoint first: those of an interval are saved with the checkpoint that
 * ends it, and delivered before the next one is saved.
 */
export class StagedOutlet {
  readonly counters: NodeCounters;
  readonly sink: StagedSink;
  readonly #spec: SinkSpec;
  readonly #host: StagedOutletHost;
  /** The rows at hand. */
  readonly #rows = new WeakMap<Event, StagedRow>();
  #interval = new Interval();
  /** In the newest checkpoint, and not delivered yet. */
  #saved: readonly StagedChunk[] = [];
  #savedRuns: readonly Run[] = [];
  #savedRows = 0;
  #totals: CounterTotals;

  constructor(spec: SinkSpec, sink: StagedSink, host: StagedOutletHost) {
    this.#spec = spec;
    this.sink = sink;
    this.#host = host;
    this.counters = new NodeCounters(spec.name, 'sink', spec.type);
    this.#totals = this.counters.totals();
  }

  /** Rows accepted and not yet delivered. */
  get depth(): number {
    return this.#interval.rows + this.#savedRows;
  }

  /** Whether a checkpoint should be made now; until then it takes no more. */
  get isFull(): boolean {
    return this.#interval.bytes >= MOST_BYTES || this.#interval.buffer.length >= MOST_WAITING;
  }

  /** In the newest checkpoint, and not delivered yet. */
  get saved(): readonly StagedChunk[] {
    return this.#saved;
  }

  /** The totals as of the newest cut, with what has become of its rows. */
  get totals(): CounterTotals {
    return this.#totals;
  }

  /** The write token that was saved with a staged event; undefined for any other. */
  tokenOf(event: Event): bigint | undefined {
    return this.#rows.get(event)?.token;
  }

  /** Whether a staged event is a dead letter's. */
  isReplayed(event: Event): boolean {
    return this.#rows.get(event)?.isReplayed ?? false;
  }

  accept(event: Event): void {
    this.counters.in++;
    const refusal = this.sink.check(event);
    if (refusal === undefined) this.#interval.add(event, this.#host.rowTokens.of(event));
    else this.#host.letters.reject(this.counters, this.#spec.on_error, event, refusal);
  }

  /** Encodes what has come, some at a time, so that a cut has little left to do. */
  pump(): void {
    const interval = this.#interval;
    while (interval.buffer.length >= ROWS_AT_ONCE && this.#host.tokens.ensure(ROWS_AT_ONCE) === undefined) {
      this.#encode(interval, interval.buffer.splice(0, ROWS_AT_ONCE));
    }
  }

  /** Everything accepted so far belongs to the checkpoint; called when the rows of the last are delivered. */
  async cut(): Promise<StagedCut> {
    const interval = this.#interval;
    this.#interval = new Interval();
    this.#totals = this.counters.totals();
    const token = this.sink.token();
    this.#savedRows = interval.rows;
    this.#savedRuns = interval.runs;
    await this.#host.tokens.ensure(interval.buffer.length);
    for (let start = 0; start < interval.buffer.length; start += ROWS_AT_ONCE) {
      this.#encode(interval, interval.buffer.slice(start, start + ROWS_AT_ONCE));
    }
    this.#saved = this.#chunksOf(interval.encoded);
    return { token, chunks: this.#saved };
  }

  /** Goes on from a checkpoint, whose totals the counters hold; its rows may have been delivered or not. */
  restore(chunks: readonly StagedChunk[]): void {
    this.#totals = this.counters.totals();
    this.#saved = chunks.filter(({ sink }) => sink === this.counters.name);
    this.#savedRows = this.#saved.reduce((rows, { bytes }) => rows + decodeRows(bytes).length, 0);
  }

  /**
   * Delivers the rows that checkpoint `number` holds. Resolves with undefined when that is done, else with the letters
   * of those that were refused: they belong to one more checkpoint, whose rows are what is still to be delivered.
   */
  async deliver(number: number): Promise<readonly DeadLetter[] | undefined> {
    const { retry, signal } = this.#host;
    const batches = { [Symbol.iterator]: () => this.#batches() };
    const rejections = await insist(
      () => this.sink.deliver(number, batches, signal),
      retry,
      this.counters,
      signal,
    );
    const letters = rejections.length === 0 ? undefined : this.#refuse(rejections);
    if (letters !== undefined && this.sink.isAtomic) return letters;
    this.counters.out += this.#savedRows;
    this.#totals = { ...this.#totals, out: this.#totals.out + this.#savedRows };
    this.#recordLatencies();
    this.#saved = [];
    this.#savedRows = 0;
    return letters;
  }

  #encode(interval: Interval, accepted: readonly Accepted[]): void {
    const { letters, tokens, rowTokens } = this.#host;
    const rows = accepted.map(({ event, token }) => ({
      event,
      token: token ?? tokens.take(),
      isReplayed: rowTokens.isReplayed(event),
      letter: letters.replayedOf(event, this.counters.name),
    }));
    for (const bytes of encodeRows(rows)) {
      interval.encoded.push(bytes);
      interval.bytes += bytes.length;
    }
  }

  #chunksOf(encoded: readonly Uint8Array[]): StagedChunk[] {
    return encoded.map((bytes, part) => ({ sink: this.counters.name, part, bytes }));
  }

  *#batches(): Iterator<readonly Event[]> {
    for (const { bytes } of this.#saved) {
      const rows = decodeRows(bytes);
      for (const row of rows) this.#rows.set(row.event, row);
      yield rows.map(({ event }) => event);
    }
  }

  /** Takes the refused rows out of what is to be delivered. */
  #refuse(rejections: readonly Rejection[]): readonly DeadLetter[] {
    const errors = new Map(rejections.map(({ index, error }) => [index, error]));
    const before = this.counters.totals();
    const letters: DeadLetter[] = [];
    const left: StagedRow[] = [];
    for (const [index, row] of this.#saved.flatMap(({ bytes }) => decodeRows(bytes)).entries()) {
      const error = errors.get(index);
      if (error === undefined) {
        left.push(row);
        continue;
      }
      const { event, token, letter: before } = row;
      const how = { token, before };
      const letter = this.#host.letters.judge(this.counters, this.#spec.on_error, event, error, how);
      if (letter !== undefined) letters.push(letter);
    }
    const { deadLetters, skipped } = this.counters;
    this.#totals = {
      ...this.#totals,
      deadLetters: this.#totals.deadLetters + deadLetters - before.deadLetters,
      skipped: this.#totals.skipped + skipped - before.skipped,
    };
    this.#saved = this.#chunksOf(left.length === 0 ? [] : encodeRows(left));
    this.#savedRows = left.length;
    return letters;
  }

  #recordLatencies(): void {
    const now = this.#host.clock.elapsed();
    for (const { readAt, rows } of this.#savedRuns) {
      for (const histogram of this.#host.latencies) histogram.record(now - readAt, rows);
    }
    this.#savedRuns = [];
  }
}
