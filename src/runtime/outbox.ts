import type { DeadLetter, Letters } from '../checkpoint/dead-letter.ts';
import type { Checkpoint, OutboxCheckpoint } from '../checkpoint/store.ts';
import type { LetterStore, LetterStoreHost } from '../dead-letters/store.ts';
import { NodeCounters } from '../metrics/counters.ts';
import { insist, type RetryPolicy } from './retry.ts';

export interface OutboxHost
  extends Pick<LetterStoreHost, 'job' | 'epoch' | 'signal' | 'notice' | 'isHolder'> {
  readonly retry: RetryPolicy;
  /** The letters of the job's checkpoints. */
  readonly kept: Letters;
  /** The checkpoint that the job resumes from; undefined on a fresh start. */
  readonly last: Checkpoint | undefined;
}

/**
 * Letters on their way from the checkpoints to a copy outside. A checkpoint names the letters that are still to be
 * delivered once it is saved, so that a crash at any point loses none.
 */
export class Outbox {
  readonly store: LetterStore;
  readonly #host: OutboxHost;
  readonly #counters = new NodeCounters('dead letters', 'sink', 'dlq');

  constructor(store: LetterStore, host: OutboxHost) {
    this.store = store;
    this.#host = host;
  }

  async open(): Promise<void> {
    const { retry, last, ...host } = this.#host;
    await this.store.open({
      ...host,
      clock: retry.clock,
      timeout: retry.timeout,
      last: this.#resumed?.token ?? null,
      resumedFrom: last?.number ?? null,
    });
  }

  /** Delivers what the checkpoint that the job resumes from may have left undone. */
  async resume(): Promise<void> {
    const { kept, last } = this.#host;
    const { ids = [] } = this.#resumed ?? {};
    if (last === undefined || ids.length === 0) return;
    const letters: DeadLetter[] = [];
    for await (const letter of kept.list({ ids })) letters.push(letter);
    await this.deliver(last.number, letters);
  }

  /** For a checkpoint that these letters are to be delivered after; all before them are delivered by now. */
  async cut(letters: readonly DeadLetter[]): Promise<OutboxCheckpoint> {
    return { place: this.store.place, token: await this.store.prepare(), ids: letters.map(({ id }) => id) };
  }

  async deliver(checkpoint: number, letters: readonly DeadLetter[]): Promise<void> {
    if (letters.length === 0) return;
    const { retry, signal } = this.#host;
    await insist(() => this.store.deliver(checkpoint, letters), retry, this.#counters, signal);
  }

  /** What the checkpoint says of this store; another one is begun with afresh. */
  get #resumed(): OutboxCheckpoint | undefined {
    const { outbox } = this.#host.last ?? {};
    return outbox?.place === this.store.place ? outbox : undefined;
  }
}
