import type { Clock, Millis } from '../clock.ts';
import type { Rejection, Sink } from '../component/sink.ts';
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

/**
 * Writes a batch until each event is acknowledged or refused. A server that answers "not now" is asked again up to
 * `maxRetries` times, then the events left are refused as retryable; one that does not answer is waited for, without
 * counting, up to `timeout`. Throws UnreachableError then.
 */
export async function settle(
  sink: Pick<Sink, 'write'>,
  batch: readonly Event[],
  policy: RetryPolicy,
  counters: NodeCounters,
  signal: AbortSignal,
): Promise<{ attempts: number; rejections: readonly Rejection[] }> {
  const { clock } = policy;
  const patience = new Patience(policy, counters.name, signal);
  let attempts = 1;
  for (;;) {
    try {
      const rejections = await sink.write(batch, signal);
      patience.rewarded();
      return { attempts, rejections };
    } catch (error) {
      if (!(error instanceof TransientError) || signal.aborted) throw error;
      counters.retries++;
      if (error.answered) {
        patience.rewarded();
        if (attempts > policy.maxRetries) return { attempts, rejections: refused(batch, error) };
        await clock.sleep(jittered(policy.delay * 2 ** (attempts - 1)), signal);
        attempts++;
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

function refused(batch: readonly Event[], error: TransientError): readonly Rejection[] {
  const reason = new DataError('retries', error.message, { retryable: true, cause: error });
  const indices = error.unsettled ?? batch.map((_, index) => index);
  return indices.map((index) => ({ index, error: reason }));
}

/** Between half and all of `duration`, so that writers do not come back all at once. */
function jittered(duration: Millis): Millis {
  return duration * (0.5 + Math.random() / 2);
}
