import type { NodeCounters } from '../metrics/counters.ts';
import type { JobSpec } from '../spec/job.ts';

/** Events read before a share of them says anything. */
const FEWEST = 100;

/** More events were refused than `max_errors` allows. */
export class ErrorBudgetSpent extends Error {
  override readonly name = 'ErrorBudgetSpent';
}

/** How many events may be refused before the job ends. */
export class ErrorBudget {
  readonly #allowed: JobSpec['max_errors'];

  constructor(allowed: JobSpec['max_errors']) {
    this.#allowed = allowed;
  }

  isSpent(nodes: Iterable<NodeCounters>): boolean {
    if (this.#allowed === null) return false;
    let read = 0;
    let errors = 0;
    for (const counters of nodes) {
      if (counters.kind === 'source') read += counters.in;
      errors += counters.deadLetters + counters.skipped;
    }
    if ('count' in this.#allowed) return errors > this.#allowed.count;
    return read >= FEWEST && errors * 100 > this.#allowed.percent * read;
  }

  /** `newest`: why the last event was refused. */
  error(newest: string): ErrorBudgetSpent {
    const budget = this.#allowed!;
    const allowed = 'count' in budget ? `${budget.count}` : `${budget.percent} %`;
    return new ErrorBudgetSpent(`more than ${allowed} events failed; the last one: ${newest}`);
  }
}
