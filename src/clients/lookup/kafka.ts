import { randomUUID } from 'node:crypto';
import type { Consumer, ConsumerEndBatchProcessEvent, KafkaMessage } from 'kafkajs';
import type { Clock } from '../../clock.ts';
import { decodeJson } from '../../codecs/json.ts';
import type { StageHost } from '../../component/operator.ts';
import { DataError, TransientError, UnreachableError } from '../../errors.ts';
import type { JsonObject, Value } from '../../event.ts';
import { connectKafka, type KafkaEndpoint, withAdmin } from '../kafka/connect.ts';
import { startError } from '../kafka/errors.ts';
import type { KafkaConnection } from '../kafka/options.ts';
import { refuseMissingTopics } from '../kafka/topics.ts';
import type { Found, LookupTable } from './table.ts';

export interface KafkaLookupOptions extends KafkaConnection {
  readonly topic: string;
  /** The field of the value that holds the key; the record's key if left out. */
  readonly by?: string | undefined;
}

const CONNECT_WITHIN = 10_000;
/** A fetch at the end of the topic lasts so long, and so does closing. */
const MAX_WAIT = 500;
/** After so long a person is told what the job waits for. */
const PATIENCE = 5000;

/** The newest record of each key of a topic: read to its end at the start, and followed from there. */
export class KafkaLookup implements LookupTable {
  readonly #options: KafkaLookupOptions;
  readonly #rows = new Map<string, JsonObject>();
  /** Partition → its end when the lookup began, as long as that has not been reached. */
  readonly #missing = new Map<number, bigint>();
  #consumer: Consumer | undefined;
  #reachedEnd: () => void = () => {};

  constructor(options: KafkaLookupOptions) {
    this.#options = options;
  }

  async open({ name, clock, notice }: StageHost): Promise<void> {
    const endpoint = await connectKafka(this.#options, name, clock);
    try {
      await this.#findEnds(endpoint);
      if (this.#missing.size > 0) await this.#read(endpoint, name, clock, notice);
    } catch (error) {
      if (error instanceof TransientError) throw new UnreachableError(endpoint.endpoint, error.message);
      throw startError(error, endpoint.endpoint);
    }
  }

  async find(keys: readonly Value[]): Promise<readonly Found[]> {
    return keys.map((key) => this.#rows.get(String(key)) ?? null);
  }

  async close(): Promise<void> {
    await this.#consumer?.disconnect();
  }

  async #findEnds(endpoint: KafkaEndpoint): Promise<void> {
    const { topic } = this.#options;
    await withAdmin(endpoint, CONNECT_WITHIN, async (admin) => {
      refuseMissingTopics([topic], await admin.listTopics());
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
        if (BigInt(high) > BigInt(low)) this.#missing.set(partition, BigInt(high));
      }
    });
  }

  async #read(
    { kafka }: KafkaEndpoint,
    name: string,
    clock: Clock,
    notice: (line: string) => void,
  ): Promise<void> {
    const reachedEnd = new Promise<void>((resolve) => {
      this.#reachedEnd = resolve;
    });
    const groupId = `sluice-lookup-${name}-${randomUUID()}`;
    const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: MAX_WAIT });
    this.#consumer = consumer;
    consumer.on(consumer.events.CRASH, ({ payload }) =>
      notice(`${name}: the lookup in topic ${this.#options.topic} is interrupted: ${payload.error.message}`),
    );
    await consumer.connect();
    await consumer.subscribe({ topic: this.#options.topic, fromBeginning: true });
    // Told of batches without a record too: of control records, or an aborted transaction.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => this.#passed(payload));
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        for (const message of batch.messages) this.#put(message);
      },
    });
    const isRead = new AbortController();
    void clock.sleep(PATIENCE, isRead.signal).then(() => {
      if (!isRead.signal.aborted) notice(`${name}: reads topic ${this.#options.topic} to its end`);
    });
    await reachedEnd;
    isRead.abort();
  }

  #passed({ partition, lastOffset }: ConsumerEndBatchProcessEvent['payload']): void {
    const end = this.#missing.get(partition);
    if (end === undefined || BigInt(lastOffset) + 1n < end) return;
    this.#missing.delete(partition);
    if (this.#missing.size === 0) this.#reachedEnd();
  }

  /** A record that is no JSON object, or has no key, belongs to nobody. */
  #put({ key, value }: KafkaMessage): void {
    const { by } = this.#options;
    if (value === null) {
      if (key !== null) this.#rows.delete(key.toString('utf8'));
      return;
    }
    try {
      const row = decodeJson(value.toString('utf8'));
      const found = by === undefined ? key?.toString('utf8') : row[by];
      if (found !== undefined && found !== null) this.#rows.set(String(found), row);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
    }
  }
}
