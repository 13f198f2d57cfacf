import { randomUUID } from 'node:crypto';
import { connectKafka, type KafkaEndpoint, withDeadline } from '../../clients/kafka/connect.ts';
import { kafkaError, rootOf, startError } from '../../clients/kafka/errors.ts';
import type { Millis } from '../../clock.ts';
import type { SinkBuild } from '../../component/define.ts';
import type { Rejection, StagedHost, StagedSink, Token } from '../../component/sink.ts';
import { type DataError, SpecError, TakenOverError, TransientError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import type { Marker } from './marker.ts';
import { type Message, type MessageForm, messageOf, problemOf } from './message.ts';
import type { KafkaSinkOptions } from './options.ts';
import { type Indexed, type Request, requestsFor, type Target } from './requests.ts';
import { prepareTopic } from './topic.ts';
import { Transactions } from './transactions.ts';

const OPEN_DEADLINE: Millis = 10_000;
const ASK_AGAIN: Millis = 100;
/** Kafka forgets a group's offsets after a week by default: a marker is renewed long before. */
const RENEW_MARKER: Millis = 3_600_000;

/**
 * Answers that end a transaction and the producer with it: another one shut this one out, or the broker gave up on it
 * after `transaction.timeout.ms`. The next producer finds out from the marker what was committed.
 */
const endings = new Set([
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_TXN_STATE',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'TRANSACTION_COORDINATOR_FENCED',
  'CONCURRENT_TRANSACTIONS',
]);

/** Delivers each interval in one transaction, together with the marker that says so: once, for whoever reads committed. */
export class KafkaStagedSink implements StagedSink {
  readonly isAtomic = true;
  readonly #options: KafkaSinkOptions;
  readonly #name: string;
  readonly #form: MessageForm;
  readonly #messageOf: (event: Event) => Message;
  #host!: StagedHost;
  #endpoint!: KafkaEndpoint;
  #target!: Target;
  #transactions: Transactions | undefined;
  /** Tells the markers of this run, and of those that go on from its checkpoints, from others of the same name. */
  #run = '';
  /** The newest interval known to be delivered, -1 if none is. */
  #delivered = -1;
  /** Undefined as long as no marker of this run is known. */
  #markedAt: Millis | undefined;

  /** Without `toMessage`, a record is the event's value, in JSON. */
  constructor(
    options: KafkaSinkOptions,
    { name, job, format, identity }: SinkBuild,
    toMessage?: (event: Event) => Message,
  ) {
    if (format !== 'json')
      throw new SpecError(`a kafka sink writes json, not ${format}`, {
        place: `sinks.${name}`,
        hint: 'leave its format out',
      });
    this.#options = options;
    this.#name = `sluice-${job}.${name}`;
    this.#form = { identity, headers: options.headers };
    this.#messageOf = toMessage ?? ((event) => messageOf(event, this.#form));
  }

  async open(last: Token | null, host: StagedHost): Promise<void> {
    this.#host = host;
    this.#endpoint = await connectKafka(this.#options, host.job, host.clock);
    this.#run = last === null ? randomUUID() : String(last.run);
    const late = new AbortController();
    const opening = this.#open(last, late.signal);
    try {
      await withDeadline(opening, OPEN_DEADLINE, host.clock, this.#endpoint.endpoint);
    } catch (error) {
      late.abort();
      // Too late is not never: what it opens then would keep the process alive.
      void opening.then(() => this.close()).catch(() => undefined);
      throw startError(error, this.#endpoint.endpoint);
    }
  }

  check(event: Event): DataError | undefined {
    return problemOf(event, this.#form);
  }

  token(): Token {
    return { run: this.#run, delivered: this.#delivered };
  }

  async deliver(
    interval: number,
    batches: Iterable<readonly Event[]>,
    signal: AbortSignal,
  ): Promise<readonly Rejection[]> {
    try {
      const transactions = this.#transactions ?? (await this.#reconnect());
      if (interval <= this.#delivered || this.#hasNothingToSay(batches)) return [];
      const rejections: Rejection[] = [];
      const marker = { run: this.#run, interval };
      await transactions.deliver(this.#requests(batches, rejections), marker, rejections, signal);
      if (rejections.length === 0) this.#hasDelivered(interval);
      return rejections;
    } catch (error) {
      await this.close();
      throw await this.#failure(error);
    }
  }

  async close(): Promise<void> {
    const transactions = this.#transactions;
    this.#transactions = undefined;
    await transactions?.close();
  }

  async #open(last: Token | null, late: AbortSignal): Promise<void> {
    this.#target = await prepareTopic(this.#endpoint, this.#options.topic, this.#host);
    await this.#insist(late, () => this.#connect());
    const { resumedFrom } = this.#host;
    if (last !== null && resumedFrom !== null) this.#goOn(Number(last.delivered), resumedFrom);
    if (this.#markedAt === undefined) await this.#insist(late, () => this.#mark(late));
  }

  /** A broker may not be ready: its coordinators move in, or end what the producer before us had begun. */
  async #insist(late: AbortSignal, attempt: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await attempt();
        return;
      } catch (error) {
        const failure = kafkaError(error, this.#endpoint.endpoint);
        if (!(failure instanceof TransientError && failure.answered) || late.aborted) throw error;
      }
      await this.#host.clock.sleep(ASK_AGAIN, late);
    }
  }

  /** From the start there is a marker, so that one that is missing is one that was lost. */
  async #mark(signal: AbortSignal): Promise<void> {
    try {
      const transactions = this.#transactions ?? (await this.#connect());
      await transactions.deliver([], { run: this.#run, interval: this.#delivered }, [], signal);
      this.#hasDelivered(this.#delivered);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** What the checkpoint says was delivered, and what the marker says. Throws SpecError where rows would be doubled. */
  #goOn(delivered: number, resumedFrom: number): void {
    const { topic } = this.#options;
    if (this.#delivered > resumedFrom) {
      this.#refuseDuplicates(
        `topic ${topic} holds rows up to checkpoint ${this.#delivered}, and the job would go on from ${resumedFrom}`,
      );
      // The rows of this checkpoint are there; those after it are to be delivered again, under markers of their own.
      this.#run = randomUUID();
      this.#delivered = resumedFrom;
      this.#markedAt = undefined;
    } else if (this.#markedAt === undefined || this.#delivered < delivered) {
      this.#refuseDuplicates(
        `group ${this.#name} has lost the marker of what topic ${topic} holds: the rows of checkpoint ${resumedFrom} may be there already`,
      );
    }
  }

  #refuseDuplicates(problem: string): void {
    if (this.#host.allowsDuplicates) return;
    throw new SpecError(problem, {
      place: `sinks.${this.#host.name}`,
      hint: 'take rows that come twice with --allow-duplicates',
    });
  }

  /** An interval without rows needs no transaction, unless it is time to renew the marker. */
  #hasNothingToSay(batches: Iterable<readonly Event[]>): boolean {
    for (const _ of batches) return false;
    return this.#markedAt !== undefined && this.#host.clock.elapsed() - this.#markedAt < RENEW_MARKER;
  }

  *#requests(batches: Iterable<readonly Event[]>, rejections: Rejection[]): Iterable<readonly Request[]> {
    let start = 0;
    for (const batch of batches) {
      const reject = (index: number, error: DataError) => rejections.push({ index: start + index, error });
      const requests = requestsFor(batch, this.#messageOf, this.#target, reject);
      const moved = ({ index, message }: Indexed) => ({ index: start + index, message });
      yield requests.map(({ partition, records }) => ({ partition, records: records.map(moved) }));
      start += batch.length;
    }
  }

  async #reconnect(): Promise<Transactions> {
    if (!(await this.#host.isHolder())) throw new TakenOverError(this.#host.job);
    return this.#connect();
  }

  async #connect(): Promise<Transactions> {
    const transactions = await Transactions.open(
      this.#endpoint,
      this.#name,
      this.#options,
      this.#target.partitioner,
    );
    this.#transactions = transactions;
    this.#note(transactions.marker);
    return transactions;
  }

  #note(marker: Marker | undefined): void {
    if (marker?.run === this.#run) this.#hasDelivered(marker.interval);
  }

  #hasDelivered(interval: number): void {
    this.#delivered = Math.max(this.#delivered, interval);
    this.#markedAt = this.#host.clock.elapsed();
  }

  async #failure(error: unknown): Promise<unknown> {
    const { type = '', message } = rootOf(error);
    if (!endings.has(type)) return kafkaError(error, this.#endpoint.endpoint);
    if (!(await this.#host.isHolder())) return new TakenOverError(this.#host.job);
    return new TransientError(`kafka answers: ${message}`, { answered: true, cause: error });
  }
}
