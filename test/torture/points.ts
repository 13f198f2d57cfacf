import type { Clock, Millis } from '../../src/clock.ts';

/** Moments around every durable step of a job, in the order of a checkpoint. */
export const namedPoints = [
  'after acquire',
  'while loading state',
  'before open',
  'after open',
  'before write',
  'inside write',
  'after write',
  'before flush',
  'after flush',
  'before save',
  'inside save',
  'after save',
  'before commit',
  'inside commit',
  'after commit',
] as const;
export type Point = (typeof namedPoints)[number];

/** When something befalls the process: at the n-th pass of a point, or at the n-th step of any kind, from 1. */
export type Moment = { readonly point: Point; readonly pass: number } | { readonly step: number };

export interface Fate {
  readonly moment: Moment;
  /** SIGKILL: gone at once · SIGSTOP: a process that pauses, and finds another in its place when it wakes. */
  readonly signal: 'SIGKILL' | 'SIGSTOP';
}

/** Counts the steps of a job, and lets its fate come at its moment. */
export class Points {
  /** All steps so far: passes of points, and turns of the engine's loop. */
  steps = 0;
  readonly #fate: Fate | undefined;
  readonly #passes = new Map<Point, number>();

  constructor(fate: Fate | undefined) {
    this.#fate = fate;
  }

  pass(point: Point): void {
    const passes = (this.#passes.get(point) ?? 0) + 1;
    this.#passes.set(point, passes);
    const moment = this.#fate?.moment;
    if (moment !== undefined && 'point' in moment && moment.point === point && moment.pass === passes)
      this.#strike();
    this.step();
  }

  step(): void {
    this.steps++;
    const moment = this.#fate?.moment;
    if (moment !== undefined && 'step' in moment && moment.step === this.steps) this.#strike();
  }

  /** Whether the fate comes at the next pass of the point: then half of the work there is done first. */
  isNext(point: Point): boolean {
    const moment = this.#fate?.moment;
    return (
      moment !== undefined &&
      'point' in moment &&
      moment.point === point &&
      moment.pass === (this.#passes.get(point) ?? 0) + 1
    );
  }

  #strike(): void {
    process.kill(process.pid, this.#fate!.signal);
  }
}

/** A clock that counts each turn of the engine's loop as a step. */
export function countingClock(clock: Clock, points: Points): Clock {
  return {
    ...clock,
    yield() {
      points.step();
      return clock.yield();
    },
  };
}

/** How long a step takes on the clock of steps. */
const STEP: Millis = 2;

/** A clock on which time passes with steps, and while there is nothing to do: intervals come at the same steps always. */
export function stepClock(clock: Clock, points: Points): Clock {
  let slept: Millis = 0;
  return {
    ...countingClock(clock, points),
    elapsed: () => points.steps * STEP + slept,
    async sleep(duration, signal) {
      const began = clock.elapsed();
      await clock.sleep(duration, signal);
      slept += clock.elapsed() - began;
    },
  };
}
