import { randomUUID } from 'node:crypto';
import type { Consumer, EachBatchPayload } from 'kafkajs';
import { decodeJson } from '../../codecs/json.ts';
import type { StageHost } from '../../component/operator.ts';
import { DataError, TransientError, UnreachableError } from '../../errors.ts';
import type { JsonObject, Value } from '../../event.ts';
import { connectKafka, type KafkaEndpoint, withAdmin } from '../kafka/connect.ts';
import { startError } from '../kafka/errors.ts';
import type { KafkaConnection } from '../kafka/options.ts';
import { refuseMissingTopics } from '../kafka/topics.ts';
import type { LookupTable } from './table.ts';

export interface KafkaLookupOptions extends KafkaConnection {
  readonly topic: string;
  /** The field of the value that holds the key; the record's key if left out. */
  readonly by?: string | undefined;
}

const CONNECT_WITHIN = 10_000;

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
      if (this.#missing.size > 0) await this.#read(endpoint, name, notice);
    } catch (error) {
      if (error instanceof TransientError) throw new UnreachableError(endpoint.endpoint, error.message);
      throw startError(error, endpoint.endpoint);
    }
  }

  async find(keys: readonly Value[]): Promise<readonly (JsonObject | null)[]> {
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

  async #read({ kafka }: KafkaEndpoint, name: string, notice: (line: string) => void): Promise<void> {
    const reachedEnd = new Promise<void>((resolve) => {
      this.#reachedEnd = resolve;
    });
    const consumer = kafka.consumer({ groupId: `sluice-lookup-${name}-${randomUUID()}` });
    this.#consumer = consumer;
    consumer.on(consumer.events.CRASH, ({ payload }) =>
      notice(`${name}: the lookup in topic ${this.#options.topic} is interrupted: ${payload.error.message}`),
    );
    await consumer.connect();
    await consumer.subscribe({ topic: this.#options.topic, fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatch: async (payload) => this.#take(payload) });
    await reachedEnd;
  }

  #take({ batch }: EachBatchPayload): void {
    for (const { key, value } of batch.messages) this.#put(key, value);
    const end = this.#missing.get(batch.partition);
    if (end === undefined || BigInt(batch.lastOffset()) + 1n < end) return;
    this.#missing.delete(batch.partition);
    if (this.#missing.size === 0) this.#reachedEnd();
  }

  /** A record that is no JSON object, or has no key, belongs to nobody. */
  #put(key: Buffer | null, value: Buffer | null): void {
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
