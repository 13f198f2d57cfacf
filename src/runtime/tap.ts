import { SpecError } from '../errors.ts';
import type { Event } from '../event.ts';
import type { Input, Plan } from '../plan/model.ts';
import { suggest } from '../spec/suggest.ts';
import type { Graph } from './graph.ts';

/** Looks at an event; tells whether it would look at the next one too. */
export type Look = (event: Event) => boolean;

/** What one tap has of a running job. */
export interface Tapping {
  /** Events that have passed since it was attached, whether it looked or not. */
  readonly passed: number;
  /** Looks at events again, if it no longer did. */
  look(): void;
  /** Ends it; between two events only. */
  stop(): void;
}

/** The places of a running job at which it is tapped. An event costs no more than a count where no tap wants to look. */
export class Taps {
  readonly #graph: Graph;
  readonly #plan: Plan;
  readonly #points = new Map<string, TapPoint>();

  constructor(graph: Graph, plan: Plan) {
    this.#graph = graph;
    this.#plan = plan;
  }

  /**
   * Shows each event that leaves a node (`views`) or one of its ports (`views.late`); of a sink, each that goes into it,
   * and without a node what goes into all sinks. Nothing is shown before `look` is called. Throws SpecError for a node
   * that is not there.
   */
  attach(node: string | undefined, look: Look): Tapping {
    const points = inputsOf(this.#plan, node).map((input) => this.#pointAt(input));
    return tapAt(points, look, (point) => this.#left(point));
  }

  #pointAt(input: Input): TapPoint {
    const name = nameOf(input);
    const point = this.#points.get(name) ?? new TapPoint(input);
    if (this.#points.has(name)) return point;
    this.#points.set(name, point);
    this.#graph.connect(input, point.receive);
    return point;
  }

  #left(point: TapPoint): void {
    if (point.taps > 0) return;
    this.#graph.disconnect(point.input, point.receive);
    this.#points.delete(nameOf(point.input));
  }
}

/** Attaches a tap to some points; `left` is told of each that it leaves. */
export function tapAt(
  points: readonly TapPoint[],
  look: Look,
  left: (point: TapPoint) => void = () => {},
): Tapping {
  const passed = () => points.reduce((sum, point) => sum + point.passed, 0);
  const before = passed();
  let isLooking = false;
  // What it wants no more at one point it wants at none.
  const each: Look = (event) => {
    if (isLooking) isLooking = look(event);
    return isLooking;
  };
  for (const point of points) point.taps++;
  return {
    get passed() {
      return passed() - before;
    },
    look() {
      isLooking = true;
      for (const { looks } of points) if (!looks.includes(each)) looks.push(each);
    },
    stop() {
      for (const point of points) {
        point.taps--;
        const place = point.looks.indexOf(each);
        if (place >= 0) point.looks.splice(place, 1);
        left(point);
      }
    },
  };
}

/** Where one node's output is tapped, by any number of taps. */
export class TapPoint {
  readonly input: Input;
  passed = 0;
  taps = 0;
  /** Of the taps that want to see the next event. */
  readonly looks: Look[] = [];

  constructor(input: Input) {
    this.input = input;
  }

  readonly receive = (event: Event): void => {
    this.passed++;
    const { looks } = this;
    for (let index = looks.length - 1; index >= 0; index--) {
      if (!looks[index]!(event)) looks.splice(index, 1);
    }
  };
}

function inputsOf(plan: Plan, name: string | undefined): readonly Input[] {
  if (name === undefined) return distinct(plan.sinks.flatMap((sink) => sink.inputs));
  const sink = plan.sinks.find(({ spec }) => spec.name === name);
  if (sink !== undefined) return sink.inputs;
  const [node = '', ...port] = name.split('.');
  const source = plan.sources.find(({ spec }) => spec.name === node);
  const operator = plan.operators.find(({ spec }) => spec.name === node);
  if (source === undefined && operator === undefined) throw unknownNode(plan, name);
  if (port.length === 0) return [{ node, port: null }];
  const ports = operator?.definition.ports ?? [];
  if (ports.includes(port.join('.'))) return [{ node, port: port.join('.') }];
  throw new SpecError(`node "${node}" has no port "${port.join('.')}"`, {
    hint: suggest(port.join('.'), ports) ?? `sluice tap ${plan.spec.name}.${node} shows what leaves it`,
  });
}

function unknownNode({ spec, sources, operators, sinks }: Plan, name: string): SpecError {
  const names = [...sources, ...operators, ...sinks].map((planned) => planned.spec.name);
  return new SpecError(`job ${spec.name} has no node "${name}"`, { hint: suggest(name, names) });
}

function distinct(inputs: readonly Input[]): readonly Input[] {
  return [...new Map(inputs.map((input) => [nameOf(input), input])).values()];
}

function nameOf({ node, port }: Input): string {
  return `${node}.${port ?? ''}`;
}
