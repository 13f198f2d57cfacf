import type { Producer, Transaction } from 'kafkajs';
import { compressionTypes } from '../../clients/kafka/codecs.ts';
import { type KafkaEndpoint, withDeadline } from '../../clients/kafka/connect.ts';
import { rootOf } from '../../clients/kafka/errors.ts';
import type { Millis } from '../../clock.ts';
import type { Rejection } from '../../component/sink.ts';
import { type Marker, markerOffsets, readMarker } from './marker.ts';
import type { KafkaSinkOptions } from './options.ts';
import type { Partitioner } from './partitioner.ts';
import { halvesOf, isRefusal, type Request, refusalOf, sendEach, topicMessages } from './requests.ts';

const GIVE_UP_CLOSING: Millis = 3000;

/**
 * The job's one producer of transactions into a topic. To open it shuts out every producer of that name before it, and
 * ends what they had begun; only then the marker is read, so that it is the last one. Good until the first error.
 */
export class Transactions {
  /** What was committed before this producer. */
  readonly marker: Marker | undefined;
  readonly #endpoint: KafkaEndpoint;
  readonly #producer: Producer;
  readonly #name: string;
  readonly #options: KafkaSinkOptions;
  readonly #partitioner: Partitioner;

  private constructor(
    endpoint: KafkaEndpoint,
    producer: Producer,
    name: string,
    options: KafkaSinkOptions,
    partitioner: Partitioner,
    marker: Marker | undefined,
  ) {
    this.#endpoint = endpoint;
    this.#partitioner = partitioner;
    this.#producer = producer;
    this.#name = name;
    this.#options = options;
    this.marker = marker;
  }

  /** `name` is the transactional id, and the group that keeps the marker. Throws what kafkajs throws. */
  static async open(
    endpoint: KafkaEndpoint,
    name: string,
    options: KafkaSinkOptions,
    partitioner: Partitioner,
  ): Promise<Transactions> {
    const producer = endpoint.kafka.producer({
      transactionalId: name,
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: partitioner.forProducer,
      allowAutoTopicCreation: false,
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1000 },
    });
    try {
      await producer.connect();
      await shutOutOthers(producer);
      const marker = await readMarker(endpoint, name, options.topic);
      return new Transactions(endpoint, producer, name, options, partitioner, marker);
    } catch (error) {
      await disconnect(producer, endpoint);
      throw error;
    }
  }

  /** The requests of each batch and the marker, or, once anything is in `rejections`, none of it: records refused for good go there. */
  async deliver(
    batches: Iterable<readonly Request[]>,
    marker: Marker,
    rejections: Rejection[],
    signal: AbortSignal,
  ): Promise<void> {
    const transaction = await this.#producer.transaction();
    const joined = new Set<number>();
    const send = async (request: Request) => {
      signal.throwIfAborted();
      await this.#send(transaction, request, rejections);
    };
    for (const requests of batches) {
      const later: Request[] = [];
      for (const request of requests) {
        // A transaction takes in one partition at a time; of two at once the broker refuses the second.
        if (joined.has(request.partition)) later.push(request);
        else await send(request);
        joined.add(request.partition);
      }
      await sendEach(later, this.#partitioner, send);
    }
    if (rejections.length > 0) await transaction.abort();
    else await this.#commit(transaction, marker);
  }

  async close(): Promise<void> {
    await disconnect(this.#producer, this.#endpoint);
  }

  async #commit(transaction: Transaction, marker: Marker): Promise<void> {
    const topics = markerOffsets(this.#options.topic, marker);
    await transaction.sendOffsets({ consumerGroupId: this.#name, topics });
    await transaction.commit();
  }

  async #send(transaction: Transaction, request: Request, rejections: Rejection[]): Promise<void> {
    try {
      await transaction.send({
        ...topicMessages(this.#options.topic, request),
        acks: -1,
        compression: compressionTypes[this.#options.compression],
        timeout: this.#options.request_timeout,
      });
    } catch (error) {
      const { type, message } = rootOf(error);
      if (!isRefusal(type)) throw error;
      const halves = halvesOf(request);
      if (halves === undefined)
        rejections.push({ index: request.records[0]!.index, error: refusalOf(message, error) });
      for (const half of halves ?? []) await this.#send(transaction, half, rejections);
    }
  }
}

/** kafkajs asks for its producer id, which does that, with the first transaction. */
async function shutOutOthers(producer: Producer): Promise<void> {
  const empty = await producer.transaction();
  await empty.abort();
}

async function disconnect(producer: Producer, { clock, endpoint }: KafkaEndpoint): Promise<void> {
  await withDeadline(producer.disconnect(), GIVE_UP_CLOSING, clock, endpoint).catch(() => undefined);
}
