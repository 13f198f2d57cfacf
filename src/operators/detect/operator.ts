import type { Millis } from '../../clock.ts';
import type { Context, Operator } from '../../component/operator.ts';
import type { Event } from '../../event.ts';
import { isInput, timeOf } from '../window/input.ts';
import type { Part } from './part.ts';

/** Looks for one thing or several, in event time, behind the watermark. */
export class Detect implements Operator {
  readonly #parts: readonly Part[];

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
    let isTaken = false;
    for (const part of this.#parts) if (part.take(event, time)) isTaken = true;
    if (!isTaken) context.filtered(event);
  }

  advance(watermark: Millis, context: Context): void {
    for (const part of this.#parts) part.advance(watermark, context);
  }

  restored(): void {
    for (const part of this.#parts) part.restored();
  }
}
