import type { Millis } from '../../clock.ts';
import type { Context, Operator } from '../../component/operator.ts';
import type { Event } from '../../event.ts';
import { isInput, timeOf } from '../window/input.ts';
import type { Part } from './part.ts';

/** Looks for one thing or several, in event time, behind the watermark. */
export class Detect implements Operator {
  readonly #parts: readonly Part[];
  /** Those that look at the event at hand. */
  readonly #looking: Part[] = [];

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  get horizon(): Millis {
    return Math.max(...this.#parts.map(({ horizon }) => horizon));
  }

  process(event: Event, context: Context): void {
    if (!isInput(event)) {
      context.filtered(event);
      return;
    }
    const time = timeOf(event);
    if (time <= context.watermark) {
      context.late(event);
      return;
    }
    // An event that one part can't read is a dead letter, and no part has it.
    this.#looking.length = 0;
    for (const part of this.#parts) if (part.read(event, time)) this.#looking.push(part);
    for (const part of this.#looking) part.keep(event, time);
    if (this.#looking.length === 0) context.filtered(event);
  }

  advance(watermark: Millis, context: Context): void {
    for (const part of this.#parts) part.advance(watermark, context);
  }

  restored(): void {
    for (const part of this.#parts) part.restored();
  }
}
