import type { NodeCounters } from '../metrics/counters.ts';
import type { JobSpec } from '../spec/job.ts';

/** In the middle of a job: the events read before a share of them says anything. */
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

  /** `isOver`: whether all has been read, so that the share of few events is the share. */
  isSpent(nodes: Iterable<NodeCounters>, isOver: boolean): boolean {
    if (this.#allowed === null) return false;
    const { read, errors } = failedOf(nodes);
    if ('count' in this.#allowed) return errors > this.#allowed.count;
    return (isOver || read >= FEWEST) && errors * 100 > this.#allowed.percent * read;
  }

  /** `newest`: why the last event was refused. */
  error(nodes: Iterable<NodeCounters>, newest: string): ErrorBudgetSpent {
    const budget = this.#allowed!;
    const allowed = 'count' in budget ? `${budget.count}` : `${budget.percent}%`;
    const { read, errors } = failedOf(nodes);
    return new ErrorBudgetSpent(
      `${errors} of ${read} events failed, and max_errors is ${allowed}; the last one: ${newest}`,
    );
  }
}

function failedOf(nodes: Iterable<NodeCounters>): { read: number; errors: number } {
  let read = 0;
  let errors = 0;
  for (const counters of nodes) {
    if (counters.kind === 'source') read += counters.in;
    errors += counters.deadLetters + counters.skipped;
  }
  return { read, errors };
}
