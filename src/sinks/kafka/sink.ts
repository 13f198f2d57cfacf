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
import { DataError, SpecError, TransientError } from '../../errors.ts';
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
  /** What became of events of a batch that may be passed again; null: they were written. */
  readonly #settled = new WeakMap<Event, DataError | null>();

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
      (event) => {
        const known = this.#settled.get(event);
        if (known instanceof DataError) throw known;
        return known === null ? undefined : messageOf(event, form);
      },
      this.#target,
      (index, error) => rejections.push({ index, error }),
    );
    const settled = new Set<Request>();
    const answered = new Set<Request>();
    try {
      this.#producer ??= await this.#connect().catch((error) => {
        throw kafkaError(error, this.#endpoint.endpoint);
      });
      const producer = this.#producer;
      await sendEach(requests, this.#target.partitioner, async (request) => {
        signal.throwIfAborted();
        try {
          await this.#send(producer, request, rejections);
          settled.add(request);
        } catch (error) {
          if (error instanceof TransientError && error.answered) answered.add(request);
          throw error;
        }
      });
    } catch (error) {
      // kafkajs takes the sequence number back, though the broker may have seen it: what came next under the same
      // number would be dropped as a repeat.
      void this.#dispose();
      for (const { records } of settled)
        for (const { index } of records) this.#settled.set(batch[index]!, null);
      for (const rejection of rejections) this.#settled.set(batch[rejection.index]!, rejection.error);
      if (!(error instanceof TransientError)) throw error;
      const left = requests.filter((request) => !settled.has(request));
      // Where no request was answered, not even a connection was made: that is about all of them.
      const isUnsettled = (request: Request) => answered.size === 0 || answered.has(request);
      throw new UnsettledError(error, {
        unsettled: indicesOf(left.filter(isUnsettled), rejections),
        untried: indicesOf(
          left.filter((request) => !isUnsettled(request)),
          rejections,
        ),
        rejections,
      });
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

/** Half of a request may have been refused before the rest of it failed. */
function indicesOf(requests: readonly Request[], rejections: readonly Rejection[]): readonly number[] {
  const refused = new Set(rejections.map(({ index }) => index));
  const indices = requests.flatMap(({ records }) => records.map(({ index }) => index));
  return indices.filter((index) => !refused.has(index)).sort((a, b) => a - b);
}
