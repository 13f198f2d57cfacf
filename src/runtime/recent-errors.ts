import type { Millis } from '../clock.ts';
import type { DataError } from '../errors.ts';

const KEPT = 5;

export interface RecentError {
  readonly at: Millis;
  readonly node: string;
  /** `DataError.code` */
  readonly code: string;
  readonly message: string;
  /** How many of this node and code there were since it was last not among the newest. */
  readonly count: number;
}

/** The newest refusals; of those of one node and one code the last, so that a frequent one leaves room for others. */
export class RecentErrors {
  readonly #kept: RecentError[] = [];

  note(at: Millis, node: string, { code, message }: DataError): void {
    const same = this.#kept.findIndex((each) => each.node === node && each.code === code);
    const [before] = same < 0 ? [] : this.#kept.splice(same, 1);
    this.#kept.push({ at, node, code, message, count: (before?.count ?? 0) + 1 });
    if (this.#kept.length > KEPT) this.#kept.shift();
  }

  /** Newest last. */
  get newest(): readonly RecentError[] {
    return this.#kept;
  }
}
