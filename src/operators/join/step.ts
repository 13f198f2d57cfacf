import type { Millis } from '../../clock.ts';
import type { Part } from './part.ts';

/** 0: what stands before, 1: the input that is joined to it. */
export type Port = 0 | 1;

/** Takes what leaves a step. */
export type Output = (part: Part) => void;

/** How a step took a part: `alone`: it can meet none, and none asked for it. */
export type Taken = 'kept' | 'late' | 'alone';

/** Joins one more input to those before it. */
export interface Step {
  /** How far what leaves it may be behind its watermark. */
  readonly hold: Millis;
  /** The watermark at which nothing waits in it any more; -Infinity if nothing does. */
  readonly horizon: Millis;
  /** `watermark` is that before the part. Throws DataError if the key can't be read; then nothing has happened. */
  take(port: Port, part: Part, watermark: Millis, output: Output): Taken;
  advance(watermark: Millis, output: Output): void;
  /** Rebuilds what follows from its states. */
  restored(): void;
}
