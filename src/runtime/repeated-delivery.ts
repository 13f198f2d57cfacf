import type { Rejection, Sink, StagedHost, StagedSink, Token } from '../component/sink.ts';
import type { Event } from '../event.ts';

/** Writes a batch until each of its rows is acknowledged or refused. */
type Settle = (sink: Sink, batch: readonly Event[]) => Promise<readonly Rejection[]>;

/**
 * Delivers staged rows to a sink that upserts: the rows, their identities and their tokens are saved, so that a repeat
 * changes nothing, whatever made the rows.
 */
export class RepeatedDelivery implements StagedSink {
  readonly isAtomic = false;
  readonly #sink: Sink;
  readonly #settle: Settle;

  constructor(sink: Sink, settle: Settle) {
    this.#sink = sink;
    this.#settle = settle;
  }

  open(last: Token | null, host: StagedHost): Promise<void> {
    return this.#sink.open(last, host);
  }

  /** The sink tells when the row is written. */
  check(): undefined {
    return undefined;
  }

  token(): Token | null {
    return null;
  }

  async deliver(_interval: number, batches: Iterable<readonly Event[]>): Promise<readonly Rejection[]> {
    const rejections: Rejection[] = [];
    let start = 0;
    for (const batch of batches) {
      for (const { index, error } of await this.#settle(this.#sink, batch)) {
        rejections.push({ index: start + index, error });
      }
      start += batch.length;
    }
    await this.#sink.prepare();
    return rejections;
  }

  close(): Promise<void> {
    return this.#sink.close();
  }
}
