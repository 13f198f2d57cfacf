import { setImmediate as immediate, setTimeout as timeout } from 'node:timers/promises';

/** A point in time or a length of time, in milliseconds; points are since the epoch, UTC. */
export type Millis = number;

/** The only way to the time of day and to timers: everything else is given a clock, so that tests can turn it. */
export interface Clock {
  /** The time of day. */
  now(): Millis;
  /** A steady clock for measuring how long something took, with fractions; its zero is arbitrary. */
  elapsed(): Millis;
  /** Resolves after `duration`, or at once when `signal` aborts (it never rejects). */
  sleep(duration: Millis, signal?: AbortSignal): Promise<void>;
  /** Calls `action` every `period` until the returned function is called. Does not keep the process alive. */
  every(period: Millis, action: () => void): () => void;
  /** Lets pending I/O run, then resolves. */
  yield(): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (duration, signal) => timeout(duration, undefined, { signal }).catch(() => undefined),
  every(period, action) {
    const timer = setInterval(action, period);
    timer.unref();
    return () => clearInterval(timer);
  },
  yield: () => immediate(),
};
