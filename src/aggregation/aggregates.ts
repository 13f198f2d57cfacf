import type { Event, Value } from '../event.ts';
import { compilePredicate, compileScalar } from '../expression/compile.ts';
import { problemAt, type Text } from '../expression/problem.ts';
import { constantOf } from '../expression/scalar.ts';
import type { Aggregate, Node } from '../expression/tree.ts';
import { unparse } from '../expression/unparse.ts';
import type { Accumulator, Aggregator, Slots } from './accumulator.ts';
import type { AggregateCall, AggregateDefinition } from './define.ts';
import { distinctCount, overDistinct } from './distinct.ts';
import { aggregateDefinitions } from './functions/index.ts';

/** What is given for an event from which an aggregate takes nothing. */
const NOTHING = undefined;

const definitions = new Map(aggregateDefinitions.map((definition) => [definition.name, definition]));

/**
 * The aggregates over groups of events that are kept together, such as those of one window: each call once, however
 * often it is written. A group's slots are made by `create`; an event is taken in by `read` and then, any number of
 * times, `add`.
 */
export class Aggregates {
  readonly #template: unknown[] = [];
  readonly #readers: Aggregator['read'][] = [];
  readonly #accumulators: Accumulator<unknown>[] = [];
  readonly #places: number[] = [];
  readonly #numbers = new Map<string, number>();
  /** What `read` took of the event at hand. */
  readonly #inputs: unknown[] = [];

  /** Compiles one more call; gives its number. Before the first group is made. Throws SpecError. */
  include(call: Aggregate, source: Text): number {
    const spelling = unparse({ text: source.text, place: source.place, root: call });
    const known = this.#numbers.get(spelling);
    if (known !== undefined) return known;
    const { read, accumulator } = compileAggregate(call, source);
    const number = this.#readers.push(read) - 1;
    this.#accumulators.push(accumulator);
    this.#places.push(this.#template.length);
    this.#template.push(...accumulator.initial);
    this.#inputs.push(NOTHING);
    this.#numbers.set(spelling, number);
    return number;
  }

  /** A group without events. */
  create(): Slots {
    return this.#template.slice();
  }

  /** Takes of an event what `add` needs. Throws DataError, and then nothing has been added to anything. */
  read(event: Event): void {
    const readers = this.#readers;
    for (let number = 0; number < readers.length; number++) this.#inputs[number] = readers[number]!(event);
  }

  /** Adds the event last read to a group. */
  add(slots: Slots, event: Event): void {
    const inputs = this.#inputs;
    for (let number = 0; number < inputs.length; number++) {
      const input = inputs[number];
      if (input === NOTHING) continue;
      this.#accumulators[number]!.add(slots, this.#places[number]!, input, event);
    }
  }

  /** Takes in all that another group has taken in; `from` stays as it is. */
  merge(slots: Slots, from: Slots): void {
    const accumulators = this.#accumulators;
    for (let number = 0; number < accumulators.length; number++) {
      accumulators[number]!.merge(slots, this.#places[number]!, from);
    }
  }

  copy(slots: Slots): Slots {
    const copy = slots.slice();
    for (let number = 0; number < this.#accumulators.length; number++) {
      this.#accumulators[number]!.copy?.(copy, this.#places[number]!);
    }
    return copy;
  }

  /** What one call gives for a group. */
  result(number: number, slots: Slots): Value {
    return this.#accumulators[number]!.result(slots, this.#places[number]!);
  }
}

function compileAggregate(node: Aggregate, source: Text): Aggregator {
  const definition = definitions.get(node.name);
  if (definition === undefined) throw problemAt(source, node.start, `there is no aggregate "${node.name}"`);
  const compiled = definition.compile(callOf(node, source));
  const { read } = node.filter === null ? compiled : filtered(compiled, node.filter, source);
  return {
    read,
    accumulator: node.distinct ? overDistinctOf(node, definition, compiled, source) : compiled.accumulator,
  };
}

function callOf(node: Aggregate, source: Text): AggregateCall {
  const scalars = node.arguments.map((root) =>
    compileScalar({ text: source.text, place: source.place, root }),
  );
  return {
    arguments: scalars,
    constant: (index) => (scalars[index] === undefined ? undefined : constantOf(scalars[index])),
    problem: (index, message, hint) => problemAt(source, node.arguments[index]!.start, message, hint),
  };
}

function filtered({ read, accumulator }: Aggregator, filter: Node, source: Text): Aggregator {
  const isWanted = compilePredicate({ text: source.text, place: source.place, root: filter });
  return { read: (event) => (isWanted(event) ? read(event) : NOTHING), accumulator };
}

function overDistinctOf(
  node: Aggregate,
  definition: AggregateDefinition,
  { accumulator }: Aggregator,
  source: Text,
): Accumulator<unknown> {
  if (definition.needsPlace) {
    throw problemAt(
      source,
      node.start,
      `${node.name} takes no DISTINCT`,
      'collect_set gives the different values',
    );
  }
  const distinct = node.name === 'count' ? distinctCount : overDistinct(accumulator);
  return distinct as Accumulator<unknown>;
}
