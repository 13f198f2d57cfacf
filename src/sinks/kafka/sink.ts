import type { Producer } from 'kafkajs';
import { compressionTypes } from '../../clients/kafka/codecs.ts';
import { connectKafka, type KafkaEndpoint, withDeadline } from '../../clients/kafka/connect.ts';
import { kafkaError, rootOf, startError } from '../../clients/kafka/errors.ts';
import type { Millis } from '../../clock.ts';
import type { SinkBuild } from '../../component/define.ts';
import {
  type Rejection,
  type Sink,
  type SinkHost,
  type Token,
  UnsettledError,
} from '../../component/sink.ts';
import { SpecError, TransientError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import { messageOf } from './message.ts';
import type { KafkaSinkOptions } from './options.ts';
import {
  halvesOf,
  isRefusal,
  type Request,
  refusalOf,
  requestsFor,
  sendEach,
  type Target,
  topicMessages,
} from './requests.ts';
import { prepareTopic } from './topic.ts';

const OPEN_DEADLINE: Millis = 10_000;
const GIVE_UP_CLOSING: Millis = 3000;
/**
 * Writes to one topic, at least once: every in-sync replica acknowledges, and an idempotent producer lets no retry of
 * its own double a record.
 */
export class KafkaSink implements Sink {
  /** Two requests at once could overtake each other. */
  readonly concurrency = 1;
  readonly #options: KafkaSinkOptions;
  readonly #context: SinkBuild;
  #endpoint!: KafkaEndpoint;
  #producer: Producer | undefined;
  #target!: Target;

  constructor(options: KafkaSinkOptions, context: SinkBuild) {
    if (context.format !== 'json')
      throw new SpecError(`a kafka sink writes json, not ${context.format}`, {
        place: `sinks.${context.name}`,
        hint: 'leave its format out',
      });
    this.#options = options;
    this.#context = context;
  }

  async open(_last: Token | null, host: SinkHost): Promise<void> {
    this.#endpoint = await connectKafka(this.#options, this.#context.job, host.clock);
    const open = async () => {
      this.#target = await prepareTopic(this.#endpoint, this.#options.topic, host);
      this.#producer = await this.#connect();
    };
    try {
      await withDeadline(open(), OPEN_DEADLINE, host.clock, this.#endpoint.endpoint);
    } catch (error) {
      throw startError(error, this.#endpoint.endpoint);
    }
  }

  async write(batch: readonly Event[], signal: AbortSignal): Promise<readonly Rejection[]> {
    const rejections: Rejection[] = [];
    const form = { identity: this.#context.identity, headers: this.#options.headers };
    const requests = requestsFor(
      batch,
      (event) => messageOf(event, form),
      this.#target,
      (index, error) => rejections.push({ index, error }),
    );
    const settled = new Set<Request>();
    try {
      this.#producer ??= await this.#connect().catch((error) => {
        throw kafkaError(error, this.#endpoint.endpoint);
      });
      const producer = this.#producer;
      await sendEach(requests, this.#target.partitioner, async (request) => {
        signal.throwIfAborted();
        await this.#send(producer, request, rejections);
        settled.add(request);
      });
    } catch (error) {
      // kafkajs takes the sequence number back, though the broker may have seen it: what came next under the same
      // number would be dropped as a repeat.
      void this.#dispose();
      const left = requests.filter((request) => !settled.has(request));
      throw withUnsettled(error, left, rejections);
    }
    return rejections;
  }

  async prepare(): Promise<Token | null> {
    return null;
  }

  async close(): Promise<void> {
    await this.#dispose();
  }

  async #send(producer: Producer, request: Request, rejections: Rejection[]): Promise<void> {
    try {
      await producer.send({
        ...topicMessages(this.#options.topic, request),
        acks: -1,
        compression: compressionTypes[this.#options.compression],
        timeout: this.#options.request_timeout,
      });
    } catch (error) {
      const { type, message } = rootOf(error);
      if (!isRefusal(type)) throw kafkaError(error, this.#endpoint.endpoint);
      const halves = halvesOf(request);
      if (halves === undefined)
        rejections.push({ index: request.records[0]!.index, error: refusalOf(message, error) });
      for (const half of halves ?? []) await this.#send(producer, half, rejections);
    }
  }

  async #connect(): Promise<Producer> {
    const producer = this.#endpoint.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: this.#target.partitioner.forProducer,
      allowAutoTopicCreation: false,
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1000 },
    });
    try {
      await producer.connect();
      return producer;
    } catch (error) {
      void producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  async #dispose(): Promise<void> {
    const producer = this.#producer;
    this.#producer = undefined;
    if (producer === undefined) return;
    const { clock, endpoint } = this.#endpoint;
    await withDeadline(producer.disconnect(), GIVE_UP_CLOSING, clock, endpoint).catch(() => undefined);
  }
}

function withUnsettled(error: unknown, left: readonly Request[], rejections: readonly Rejection[]): unknown {
  if (!(error instanceof TransientError)) return error;
  // Half of a request may have been refused before the rest of it failed.
  const refused = new Set(rejections.map(({ index }) => index));
  const indices = left.flatMap(({ records }) => records.map(({ index }) => index));
  const unsettled = indices.filter((index) => !refused.has(index)).sort((a, b) => a - b);
  return new UnsettledError(error, { unsettled, rejections });
}
