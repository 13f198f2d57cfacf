import { statementFailure } from '../../clients/cassandra/failure.ts';
import { type Rejection, UnsettledError } from '../../component/sink.ts';
import { DataError, TransientError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import type { Flight } from './flight.ts';
import type { Row } from './row.ts';
import { planRequests, type Request } from './statement-plan.ts';

/** What became of an event: a row still to be written, or how it was settled. */
export type Outcome = 'written' | DataError | Row;

export interface WriteOptions {
  /** The row of an event; throws DataError. */
  bind(event: Event, index: number): Row;
  /** What is known from an earlier write of the same batch. */
  recall(event: Event): Outcome | undefined;
  /** See `PlanOptions`. */
  clusteringOf(row: Row): string | undefined;
  overloaded(): void;
}

/** One write of a batch: which requests it takes, and what became of each event. */
export class Write {
  readonly requests: readonly Request[];
  readonly #batch: readonly Event[];
  readonly #options: WriteOptions;
  readonly #outcomes: Outcome[] = [];
  /** Row → the row of the same key that it makes unnecessary. */
  readonly #superseded = new Map<Row, Row>();
  #failure: TransientError | undefined;

  constructor(batch: readonly Event[], options: WriteOptions) {
    this.#batch = batch;
    this.#options = options;
    const rows: Row[] = [];
    let retried = false;
    for (let index = 0; index < batch.length; index++) {
      const event = batch[index]!;
      const known = options.recall(event);
      const outcome = known ?? this.#bind(event, index);
      this.#outcomes.push(outcome);
      if (!isRow(outcome)) continue;
      outcome.index = index;
      rows.push(outcome);
      retried ||= known !== undefined;
    }
    this.requests = planRequests(rows, {
      clusteringOf: options.clusteringOf,
      // A row that the server can't take would fail those it shares a request with, each time.
      grouped: !retried,
      superseded: (earlier, by) => this.#superseded.set(by, earlier),
    });
  }

  readonly settle = (request: Request, error: unknown, flight: Flight<Request>): void => {
    if (error === undefined) {
      for (const row of request.rows) this.#written(row);
      return;
    }
    const failure = statementFailure(error);
    if (failure instanceof DataError) this.#refused(request, failure, flight);
    else if (failure instanceof TransientError) this.#failed(failure, flight);
    else throw failure;
  };

  /** The events refused. Throws UnsettledError if some are not settled. */
  finish(): readonly Rejection[] {
    const rejections: Rejection[] = [];
    const unsettled: number[] = [];
    for (const [index, outcome] of this.#outcomes.entries()) {
      if (outcome instanceof DataError) rejections.push({ index, error: outcome });
      else if (outcome !== 'written') unsettled.push(index);
    }
    if (unsettled.length === 0) return rejections;
    const failure = this.#failure ?? new TransientError('the write was given up', { answered: false });
    throw new UnsettledError(failure, { unsettled, rejections });
  }

  /** Each event with what became of it. */
  *outcomes(): Iterable<[Event, Outcome]> {
    for (const [index, outcome] of this.#outcomes.entries()) yield [this.#batch[index]!, outcome];
  }

  #bind(event: Event, index: number): Outcome {
    try {
      return this.#options.bind(event, index);
    } catch (error) {
      if (error instanceof DataError) return error;
      throw error;
    }
  }

  #written(row: Row): void {
    for (let one: Row | undefined = row; one !== undefined; one = this.#superseded.get(one)) {
      this.#outcomes[one.index] = 'written';
    }
  }

  /** A refused row no longer covers the one before it; in a group, only asking for each tells which one is refused. */
  #refused({ rows }: Request, error: DataError, flight: Flight<Request>): void {
    const [row] = rows;
    if (rows.length > 1 || row === undefined) {
      for (const one of rows) flight.add({ rows: [one] });
      return;
    }
    this.#outcomes[row.index] = error;
    const earlier = this.#superseded.get(row);
    if (earlier !== undefined) flight.add({ rows: [earlier] });
  }

  /** An overloaded server gets the rest, slower; an absent one doesn't. */
  #failed(failure: TransientError, flight: Flight<Request>): void {
    if (this.#failure?.answered !== false) this.#failure = failure;
    if (failure.answered) this.#options.overloaded();
    else flight.stop();
  }
}

function isRow(outcome: Outcome): outcome is Row {
  return outcome !== 'written' && !(outcome instanceof DataError);
}
