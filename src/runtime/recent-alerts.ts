import type { Clock, Millis } from '../clock.ts';
import type { Event } from '../event.ts';
import type { Snapshot } from '../metrics/snapshot.ts';
import type { Plan } from '../plan/model.ts';
import { sanitize } from '../terminal.ts';
import type { Graph } from './graph.ts';

const KEPT = 5;
const LONGEST_VALUE = 40;

/** The newest alerts of a job's detectors, for whoever watches it; they become text only when somebody does. */
export class RecentAlerts {
  readonly #clock: Clock;
  readonly #kept: { readonly at: Millis; readonly node: string; readonly event: Event }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Sees what leaves each detector from now on. */
  watch(graph: Graph, plan: Plan): void {
    for (const { spec, definition } of plan.operators) {
      if (definition.alerts !== true) continue;
      graph.connect({ node: spec.name, port: null }, (event) => this.#see(spec.name, event));
    }
  }

  /** Newest last. */
  get newest(): Snapshot['alerts'] {
    return this.#kept.map(({ at, node, event }) => ({ at, node, message: messageOf(event) }));
  }

  #see(node: string, event: Event): void {
    this.#kept.push({ at: this.#clock.now(), node, event });
    if (this.#kept.length > KEPT) this.#kept.shift();
  }
}

/** `sensor_id=s1 detector=zscore field=temperature value=90 score=12.3`: what an alert holds, in its order. */
function messageOf({ value }: Event): string {
  if (typeof value !== 'object' || value === null) return sanitize(String(value));
  const known = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
  return sanitize(known.map(([name, each]) => `${name}=${shown(each)}`).join(' '));
}

function shown(value: unknown): string {
  if (typeof value === 'number')
    return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '?' : value.toISOString();
  const text = typeof value === 'object' ? (JSON.stringify(value, plain) ?? '') : String(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}

function plain(_name: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
