import type { CounterTotals, NodeSnapshot } from './snapshot.ts';

/** The totals of one node, counted up on the hot path; plain fields, so that counting costs an addition. */
export class NodeCounters {
  readonly name: string;
  readonly kind: NodeSnapshot['kind'];
  readonly type: string;
  in = 0;
  out = 0;
  /** Events that the node made in addition to those that came in: of one it made several. */
  made = 0;
  filtered = 0;
  late = 0;
  /** Taken in, but too late for some of the windows that they belong to. */
  partlyLate = 0;
  skipped = 0;
  dropped = 0;
  deadLetters = 0;
  /** Events that could not be handled and ended the job, as `on_error: fail` says: no checkpoint knows of them. */
  failed = 0;
  retries = 0;
  /** What this run has not counted itself: the totals of earlier ones, less the letters that it took back. */
  before: { -readonly [Field in keyof CounterTotals]-?: number };

  constructor(name: string, kind: NodeSnapshot['kind'], type: string) {
    this.name = name;
    this.kind = kind;
    this.type = type;
    this.before = this.totals();
  }

  /** The totals that a checkpoint keeps. */
  totals(): Required<CounterTotals> {
    const { in: taken, out, made, filtered, late, partlyLate, skipped, dropped, deadLetters } = this;
    return { in: taken, out, made, filtered, late, partlyLate, skipped, dropped, deadLetters };
  }

  /** A dead letter goes in again, and is none any more, though this run may have counted it. */
  takeBack(): void {
    this.deadLetters--;
    this.before.deadLetters--;
  }

  /** Goes on from the totals of a checkpoint. */
  restore(totals: CounterTotals): void {
    Object.assign(this, totals);
    this.before = this.totals();
  }
}
