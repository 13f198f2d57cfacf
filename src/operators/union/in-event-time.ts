import type { Millis } from '../../clock.ts';
import type { Context, Operator } from '../../component/operator.ts';
import type { JsonObject } from '../../event.ts';
import { compareIdentities, type Event, identityOf } from '../../event.ts';
import type { KeyedState } from '../../state/keyed-state.ts';
import { isInput, timeOf } from '../window/input.ts';
import { Schedule } from '../window/schedule.ts';

/** What a checkpoint keeps of an event that waits for its time. */
export interface Buffered {
  readonly value: JsonObject;
  readonly time: Millis;
  readonly id: string;
  /** The event's place among all, in the order in which they came. */
  readonly order: number;
}

/** Lets events go on in the order of their times, those of one time by their identities: of a partition, as they came. */
export class InEventTime implements Operator {
  readonly #events: KeyedState<Buffered>;
  readonly #schedule = new Schedule<Buffered>();
  #arrivals = 0;
  horizon: Millis = Number.NEGATIVE_INFINITY;

  constructor(events: KeyedState<Buffered>) {
    this.#events = events;
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
    const buffered = { value: event.value!, time, id: identityOf(event), order: this.#arrivals++ };
    this.#events.set(String(buffered.order), buffered);
    this.#plan(buffered);
  }

  advance(watermark: Millis, context: Context): void {
    while (this.#schedule.earliest <= watermark && this.#schedule.earliest !== Number.POSITIVE_INFINITY) {
      const due = this.#schedule.take();
      if (due.length > 1) due.sort(byIdentity);
      for (const { value, time, id, order } of due) {
        this.#events.delete(String(order));
        context.emitResult({ value, time, id });
      }
    }
  }

  restored(): void {
    const stored = [...this.#events.entries()].map(([, buffered]) => buffered);
    for (const buffered of stored.toSorted((one, other) => one.order - other.order)) {
      this.#plan(buffered);
      this.#arrivals = buffered.order + 1;
    }
  }

  #plan(buffered: Buffered): void {
    this.#schedule.add(buffered, buffered.time);
    if (buffered.time > this.horizon) this.horizon = buffered.time;
  }
}

function byIdentity({ id: one }: Buffered, { id: other }: Buffered): number {
  return compareIdentities(one, other);
}
