import type { Millis } from '../../clock.ts';
import type { Context, Operator } from '../../component/operator.ts';
import { DataError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import type { Step } from './steps/define.ts';

export interface NamedStep {
  /** The name that a dead letter carries, if the step was given one. */
  readonly name: string | undefined;
  readonly run: Step;
}

/** The steps one after the other. An event that fails in a step goes no further, and its letter names that step. */
export class Pipeline implements Operator {
  readonly #steps: readonly Step[];
  readonly #names: readonly (string | undefined)[];
  /** Only where a step goes by event time: else watermarks pass the pipeline by. */
  readonly advance?: (watermark: Millis) => void;

  constructor(steps: readonly NamedStep[]) {
    this.#steps = steps.map((step) => step.run);
    this.#names = steps.map((step) => step.name);
    const timed = this.#steps.filter((step) => step.advance !== undefined);
    if (timed.length > 0)
      this.advance = (watermark) => {
        for (const step of timed) step.advance!(watermark);
      };
  }

  process(event: Event, context: Context): void {
    this.#passOn(event, 0, context);
  }

  #passOn(event: Event, from: number, context: Context): void {
    const steps = this.#steps;
    let current = event;
    for (let index = from; index < steps.length; index++) {
      const result = this.#run(index, current);
      if (result === null) {
        context.filtered(current);
        return;
      }
      if (isSeveral(result)) {
        this.#passOnEach(result, index + 1, context);
        return;
      }
      current = result;
    }
    context.emit(current);
  }

  /** Each of the events fares on its own: one that fails is rejected alone. */
  #passOnEach(events: readonly Event[], from: number, context: Context): void {
    context.made?.(events.length - 1);
    for (const event of events) {
      try {
        this.#passOn(event, from, context);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        context.reject(event, error);
      }
    }
  }

  #run(index: number, event: Event): ReturnType<Step> {
    try {
      return this.#steps[index]!(event);
    } catch (error) {
      const name = this.#names[index];
      if (name === undefined || !(error instanceof DataError)) throw error;
      throw new DataError(error.code, error.message, {
        retryable: error.retryable,
        step: name,
        cause: error,
      });
    }
  }
}

function isSeveral(result: Event | readonly Event[]): result is readonly Event[] {
  return Array.isArray(result);
}
