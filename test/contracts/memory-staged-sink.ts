import type { Rejection, StagedHost, StagedSink, Token } from '../../src/component/sink.ts';
import { DataError, TakenOverError } from '../../src/errors.ts';
import type { Event, JsonObject } from '../../src/event.ts';

/** What the sinks of one job deliver to: it survives them. */
export class MemoryTarget {
  rows: JsonObject[] = [];
  delivered = -1;
  /** Whether rows with a field `refuse` are refused. */
  isRefusing = true;
  /** Called at the beginning of a delivery of rows, and before it is acknowledged; what it throws is what the sink throws. */
  befall: (moment: 'before' | 'after', interval: number) => Promise<void> | void = () => {};
}

/** A transaction in memory: refuses rows with a field `refuse`, until its target takes them, and knows beforehand about those with `bad`. */
export class MemoryStagedSink implements StagedSink {
  readonly isAtomic = true;
  readonly #target: MemoryTarget;
  #host!: StagedHost;

  constructor(target: MemoryTarget) {
    this.#target = target;
  }

  async open(last: Token | null, host: StagedHost): Promise<void> {
    this.#host = host;
    if (last === null) this.#target.delivered = -1;
  }

  check({ value }: Event): DataError | undefined {
    return value !== null && 'bad' in value ? new DataError('type', 'it is bad') : undefined;
  }

  token(): Token {
    return { delivered: this.#target.delivered };
  }

  async deliver(interval: number, batches: Iterable<readonly Event[]>): Promise<readonly Rejection[]> {
    const target = this.#target;
    const values = [...batches].flat().map(({ value }) => value ?? {});
    if (values.length === 0) return [];
    await target.befall('before', interval);
    if (!(await this.#host.isHolder())) throw new TakenOverError(this.#host.job);
    if (interval <= target.delivered) return [];
    const refused = values.flatMap((value, index) => ('refuse' in value && target.isRefusing ? [index] : []));
    if (refused.length > 0) return refused.map((index) => ({ index, error: new DataError('refused', 'no') }));
    target.rows.push(...values);
    target.delivered = interval;
    await target.befall('after', interval);
    return [];
  }

  async close(): Promise<void> {}
}
