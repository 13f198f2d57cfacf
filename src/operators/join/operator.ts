import type { Millis } from '../../clock.ts';
import type { Context, Operator } from '../../component/operator.ts';
import { type Event, identityOf } from '../../event.ts';
import { checkReach } from '../window/grid.ts';
import { isInput, timeOf } from '../window/input.ts';
import type { Part } from './part.ts';
import type { Selection } from './selection.ts';
import type { Output, Step } from './step.ts';

export interface JoinParts {
  readonly node: string;
  /** What the inputs are called, in their order. */
  readonly names: readonly string[];
  /** One for each input but the first; what leaves one goes into the next on its left. */
  readonly steps: readonly Step[];
  readonly selection: Selection;
}

/** Joins its inputs from left to right. */
export class Join implements Operator {
  readonly hold: Millis;
  readonly #parts: JoinParts;
  /** How far the watermark of each step is behind the node's: by what the steps before it hold back. */
  readonly #behind: readonly Millis[];
  #context: Context | undefined;
  #outputs: readonly Output[] = [];

  constructor(parts: JoinParts) {
    this.#parts = parts;
    const holds = parts.steps.map(({ hold }) => hold);
    this.#behind = holds.map((_, index) => sum(holds.slice(0, index)));
    this.hold = sum(holds);
  }

  get horizon(): Millis {
    return Math.max(...this.#parts.steps.map((step, index) => step.horizon + this.#behind[index]!));
  }

  process(event: Event, context: Context, port: number): void {
    if (!isInput(event)) {
      context.filtered(event);
      return;
    }
    const { names } = this.#parts;
    const time = timeOf(event);
    checkReach(time, this.hold);
    const part = { value: { [names[port]!]: event.value }, time, id: idOf(event) };
    const index = Math.max(0, port - 1);
    const watermark = context.watermark - this.#behind[index]!;
    const output = this.#outputsInto(context)[index]!;
    const taken = this.#parts.steps[index]!.take(port === 0 ? 0 : 1, part, watermark, output);
    if (taken === 'late') context.late(event);
    else if (taken === 'alone') context.filtered(event);
  }

  advance(watermark: Millis, context: Context): void {
    const { steps } = this.#parts;
    const outputs = this.#outputsInto(context);
    for (let index = 0; index < steps.length; index++) {
      steps[index]!.advance(watermark - this.#behind[index]!, outputs[index]!);
    }
  }

  restored(): void {
    for (const step of this.#parts.steps) step.restored();
  }

  /** Of each step; made once, as the context of a node stays the same. */
  #outputsInto(context: Context): readonly Output[] {
    if (this.#context === context) return this.#outputs;
    this.#context = context;
    const { steps } = this.#parts;
    this.#outputs = steps.map((_, index): Output => {
      const next = steps[index + 1];
      if (next === undefined) return (part) => this.#emit(part, context);
      // What leaves a step is in time for the next one, whatever the node's watermark.
      return (part) => next.take(0, part, Number.NEGATIVE_INFINITY, this.#outputs[index + 1]!);
    });
    return this.#outputs;
  }

  #emit({ value, time, id }: Part, context: Context): void {
    const { node, selection } = this.#parts;
    context.emitResult({ value: selection.of(value), time, id: `${node}/${id}` });
  }
}

/** The event's identity, in which `&` can stand for nothing but what the join puts together. */
function idOf(event: Event): string {
  const id = identityOf(event);
  // Of a record's identity only the partition is free text; to look at all of it would make one text of its parts.
  const free = event.id ?? event.origin.records.partition;
  return /[%&]/.test(free) ? id.replace(/[%&]/g, encodeURIComponent) : id;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
