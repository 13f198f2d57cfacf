import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import { connectionFromEnvironment } from '../clients/kafka/options.ts';
import type { Token } from '../component/sink.ts';
import { kafkaSinkOptions } from '../sinks/kafka/options.ts';
import { KafkaStagedSink } from '../sinks/kafka/staged-sink.ts';
import type { KafkaLettersSpec } from '../spec/dead-letters.ts';
import { letterEvent } from './envelope.ts';
import { messageOf } from './message.ts';
import { failuresIn, type LetterStore, type LetterStoreHost } from './store.ts';

/** No node of a job can have this name, so that no sink of the job shares the transactional id. */
const NAME = 'dead letters';

/**
 * The original records, with their keys and headers, and what went wrong in headers beside: one record for each failure,
 * those of a checkpoint in one transaction.
 */
export class KafkaLetters implements LetterStore {
  readonly place: string;
  readonly #spec: KafkaLettersSpec;
  #sink!: KafkaStagedSink;
  #host!: LetterStoreHost;

  constructor(spec: KafkaLettersSpec) {
    this.#spec = spec;
    this.place = `kafka://${spec.brokers.join(',')}/${spec.topic}`;
  }

  async open(host: LetterStoreHost): Promise<void> {
    this.#host = host;
    const { sasl } = connectionFromEnvironment(process.env);
    const { type: _, max_retries: __, retry_delay: ___, ...options } = this.#spec;
    const build = { name: NAME, job: host.job, format: 'json', identity: [] } as const;
    this.#sink = new KafkaStagedSink(
      kafkaSinkOptions.parse({ ...options, sasl, guarantee: 'exactly_once' }),
      build,
      messageOf,
    );
    // After a job went back to an older checkpoint, letters may come twice.
    await this.#sink.open(host.last, { ...host, name: NAME, allowsDuplicates: true, token: () => 0n });
  }

  async deliver(checkpoint: number, letters: readonly DeadLetter[]): Promise<void> {
    for (let left = failuresIn(letters); ; ) {
      const events = left.map(letterEvent);
      const refused = await this.#sink.deliver(checkpoint, [events], this.#host.signal);
      if (refused.length === 0) return;
      for (const { index, error } of refused) {
        this.#host.notice(`dead letter ${left[index]!.id} is in the checkpoint only: ${error.message}`);
      }
      const indices = new Set(refused.map(({ index }) => index));
      left = left.filter((_, index) => !indices.has(index));
    }
  }

  async prepare(): Promise<Token | null> {
    return this.#sink.token();
  }

  close(): Promise<void> {
    return this.#sink.close();
  }
}
