import type { DataError } from '../errors.ts';
import type { ReasonCount } from '../metrics/snapshot.ts';
import { sanitize } from '../terminal.ts';

const SHOWN = 5;
/** A module may make up a code for each event. */
const MOST_CODES = 100;

type Counted = { -readonly [Field in keyof ReasonCount]: ReasonCount[Field] };

/** Counts why events are refused, by node and code. */
export class Reasons {
  readonly #byNode = new Map<string, Map<string, Counted>>();

  count(node: string, { code, message }: DataError): void {
    let ofNode = this.#byNode.get(node);
    if (ofNode === undefined) this.#byNode.set(node, (ofNode = new Map()));
    const counted = ofNode.get(code);
    if (counted !== undefined) counted.count++;
    else if (ofNode.size < MOST_CODES) ofNode.set(code, { node, code, message: sanitize(message), count: 1 });
  }

  mostFrequent(): readonly ReasonCount[] {
    const all = [...this.#byNode.values()].flatMap((ofNode) => [...ofNode.values()]);
    const ordered = all.sort((one, other) => other.count - one.count);
    return ordered.slice(0, SHOWN).map((counted) => ({ ...counted }));
  }
}
