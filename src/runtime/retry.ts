import type { Clock, Millis } from '../clock.ts';
import { type Rejection, type Sink, UnsettledError } from '../component/sink.ts';
import { DataError, TransientError, UnreachableError } from '../errors.ts';
import type { Event } from '../event.ts';
import type { NodeCounters } from '../metrics/counters.ts';

/** The longest pause between two attempts at an unreachable server: it should be found soon after it is back. */
const LONGEST_PAUSE: Millis = 2000;

export interface RetryPolicy {
  readonly clock: Clock;
  /** Attempts after the first that a reachable server may refuse for now. */
  readonly maxRetries: number;
  /** Before the first retry; it doubles with each. */
  readonly delay: Millis;
  /** How long an unreachable server is waited for. */
  readonly timeout: Millis;
  /** Told when a sink begins to be waited for, with the reason, and with null when it goes on. */
  waiting(node: string, reason: string | null): void;
}

export interface Refusal extends Rejection {
  /** How often a server answered about the event. */
  readonly attempts: number;
}

/**
 * Writes a batch until each event is acknowledged or refused. An event about which a server answers "not now" is asked
 * for again up to `maxRetries` times, then it is refused as retryable; a server that does not answer is waited for,
 * without counting, up to `timeout`. Throws UnreachableError then. `attempts` is that of the event most often asked for.
 */
export async function settle(
  sink: Pick<Sink, 'write'>,
  batch: readonly Event[],
  policy: RetryPolicy,
  counters: NodeCounters,
  signal: AbortSignal,
): Promise<{ attempts: number; rejections: readonly Refusal[] }> {
  const { clock } = policy;
  const patience = new Patience(policy, counters.name, signal);
  const answers = new Answers(batch, policy.maxRetries);
  for (;;) {
    try {
      const rejections = await sink.write(answers.left, signal);
      patience.rewarded();
      return { attempts: answers.most + 1, rejections: answers.refusals(rejections) };
    } catch (error) {
      if (!(error instanceof TransientError) || signal.aborted) throw error;
      counters.retries++;
      if (error.answered) {
        patience.rewarded();
        const { waiting, untried, rejections } = answers.count(error);
        if (waiting > 0) await clock.sleep(jittered(policy.delay * 2 ** (waiting - 1)), signal);
        else if (!untried) return { attempts: answers.most, rejections: answers.refusals(rejections) };
      } else {
        await patience.wait(error);
      }
    }
  }
}

/**
 * Tries until it succeeds. What a server answers is waited for like its silence, up to `timeout`, as there is no row to
 * blame. Throws UnreachableError then.
 */
export async function insist<Result>(
  attempt: () => Promise<Result>,
  policy: RetryPolicy,
  counters: NodeCounters,
  signal: AbortSignal,
): Promise<Result> {
  const patience = new Patience(policy, counters.name, signal);
  for (;;) {
    try {
      const result = await attempt();
      patience.rewarded();
      return result;
    } catch (error) {
      if (!(error instanceof TransientError) || signal.aborted) throw error;
      counters.retries++;
      await patience.wait(error);
    }
  }
}

/** Waits for a server that is silent, with growing pauses, and tells a person so. */
class Patience {
  readonly #policy: RetryPolicy;
  readonly #node: string;
  readonly #signal: AbortSignal;
  #pauses = 0;
  #silentSince: Millis | null = null;

  constructor(policy: RetryPolicy, node: string, signal: AbortSignal) {
    this.#policy = policy;
    this.#node = node;
    this.#signal = signal;
  }

  /** The server did answer. */
  rewarded(): void {
    if (this.#silentSince !== null) this.#policy.waiting(this.#node, null);
    this.#silentSince = null;
  }

  async wait(error: TransientError): Promise<void> {
    const { clock, timeout, waiting } = this.#policy;
    this.#silentSince ??= clock.elapsed();
    const waited = clock.elapsed() - this.#silentSince;
    if (waited > timeout) {
      const message = `no answer for ${Math.round(waited / 1000)} s: ${error.message}`;
      throw new UnreachableError(this.#node, message, { cause: error });
    }
    waiting(this.#node, error.message);
    await clock.sleep(
      jittered(Math.min(LONGEST_PAUSE, 100 * 2 ** Math.min(this.#pauses++, 10))),
      this.#signal,
    );
  }
}

/** How often a server has answered "not now" about each event of a batch, and which of them are given up. */
class Answers {
  /** What is passed to the sink next: the batch without what is given up. */
  left: readonly Event[];
  /** Of the event about which it answered most often. */
  most = 0;
  readonly #maxRetries: number;
  /** Index in `left` → index in the batch; undefined while they are the same. */
  #places: readonly number[] | undefined;
  /** By index in the batch. */
  readonly #counts: number[] = [];
  readonly #givenUp: Refusal[] = [];

  constructor(batch: readonly Event[], maxRetries: number) {
    this.left = batch;
    this.#maxRetries = maxRetries;
  }

  /**
   * Takes such an answer. Tells how often one that is asked for again was answered about, at most; 0: none is; and
   * whether others wait for their first time.
   */
  count(error: TransientError): { waiting: number; untried: boolean; rejections: readonly Rejection[] } {
    const told = error instanceof UnsettledError ? error : undefined;
    const reason = new DataError('retries', error.message, { retryable: true, cause: error });
    const givenUp = new Set<number>();
    let waiting = 0;
    for (const at of told?.unsettled ?? this.left.keys()) {
      const index = this.#placeOf(at);
      const count = (this.#counts[index] ?? 0) + 1;
      this.#counts[index] = count;
      this.most = Math.max(this.most, count);
      if (count <= this.#maxRetries) waiting = Math.max(waiting, count);
      else {
        this.#givenUp.push({ index, error: reason, attempts: count });
        givenUp.add(at);
      }
    }
    const untried = (told?.untried.length ?? 0) > 0;
    const rejections = told?.rejections ?? [];
    if (waiting > 0 || untried) this.#leave(givenUp);
    return { waiting, untried, rejections };
  }

  /** Those of the batch, with what the sink refuses of what was passed to it last. */
  refusals(rejections: readonly Rejection[]): readonly Refusal[] {
    const refused = rejections.map(({ index: at, error }) => {
      const index = this.#placeOf(at);
      return { index, error, attempts: (this.#counts[index] ?? 0) + 1 };
    });
    return [...this.#givenUp, ...refused].sort((a, b) => a.index - b.index);
  }

  #placeOf(at: number): number {
    return this.#places === undefined ? at : this.#places[at]!;
  }

  #leave(givenUp: ReadonlySet<number>): void {
    if (givenUp.size === 0) return;
    const kept = [...this.left.keys()].filter((at) => !givenUp.has(at));
    this.#places = kept.map((at) => this.#placeOf(at));
    this.left = kept.map((at) => this.left[at]!);
  }
}

/** Between half and all of `duration`, so that writers do not come back all at once. */
function jittered(duration: Millis): Millis {
  return duration * (0.5 + Math.random() / 2);
}
