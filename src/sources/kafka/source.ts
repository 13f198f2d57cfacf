import type { EachBatchPayload } from 'kafkajs';
import { connectKafka, type KafkaEndpoint, withAdmin, withDeadline } from '../../clients/kafka/connect.ts';
import { kafkaError, startError } from '../../clients/kafka/errors.ts';
import { batchesIn } from '../../clients/kafka/fetch-batches.ts';
import { recordsIn } from '../../clients/kafka/fetched-records.ts';
import { refuseMissingTopics } from '../../clients/kafka/topics.ts';
import type { Millis } from '../../clock.ts';
import type { SourceBuild } from '../../component/define.ts';
import type { Source, SourceHost } from '../../component/source.ts';
import { TransientError, UnreachableError } from '../../errors.ts';
import type { PartitionId, Positions, Records } from '../../event.ts';
import { FetchBuffer } from './buffer.ts';
import { Claims } from './claims.ts';
import { Doorbell } from './doorbell.ts';
import { Membership, type MembershipHandler } from './membership.ts';
import { fairFetchSize, type KafkaSourceOptions } from './options.ts';
import { Ownership } from './ownership.ts';
import { isAtEnd, type OwnPartition, partitionId } from './partition.ts';
import { partitionsOf, sampleEnds } from './positions.ts';

const OPEN_DEADLINE: Millis = 10_000;
const ASK_AGAIN: Millis = 200;
/** How long brokers are waited for in the middle of a job. */
const LONGEST_OUTAGE: Millis = 600_000;
const RECONNECT_DELAY: Millis = 500;
/** The longest between two heartbeats while the buffer is full; kafkajs sends as many of them as it takes. */
const HEARTBEAT_CHECK: Millis = 500;

/**
 * Reads topics as a member of a consumer group: the group says which partitions are ours, which has to be all of them
 * unless it is shared. Where to read on says the checkpoint, or what a shared group has committed. Fetched batches go to a bounded buffer, so that fetching goes on while others work.
 */
export class KafkaSource implements Source, MembershipHandler {
  readonly hasIndependentPartitions = true;
  readonly sharesPositions: boolean;
  readonly #options: KafkaSourceOptions;
  readonly #context: SourceBuild;
  readonly #group: string;
  readonly #buffer: FetchBuffer;
  readonly #claims: Claims;
  /** Left out where other processes may read as the same group. */
  readonly #ownership: Ownership | undefined;
  readonly #news = new Doorbell();
  readonly #closing = new AbortController();
  /** Partitions of which enough waits in the buffer. */
  readonly #sated = new Set<PartitionId>();
  #drained = new AbortController();
  #host!: SourceHost;
  #endpoint!: KafkaEndpoint;
  #membership: Membership | undefined;
  #fetchSize: Partial<KafkaSourceOptions> = {};
  #outageSince: Millis | undefined;

  constructor(options: KafkaSourceOptions, context: SourceBuild) {
    this.#options = options;
    this.#context = context;
    this.#group = options.group ?? `sluice-${context.job}-${context.name}`;
    this.#buffer = new FetchBuffer(options.buffer_bytes);
    this.sharesPositions = options.share;
    this.#claims = new Claims(this.#group, options);
    if (!options.share) this.#ownership = new Ownership(this.#group, options.session_timeout);
  }

  async open(_resume: Positions, host: SourceHost): Promise<void> {
    this.#host = host;
    this.#endpoint = await connectKafka(this.#options, this.#context.job, host.clock);
    const { endpoint } = this.#endpoint;
    this.#claims.open(host, this.#endpoint);
    this.#ownership?.open(host, this.#endpoint);
    try {
      await withDeadline(this.#startWhenTold(), OPEN_DEADLINE, host.clock, endpoint);
    } catch (error) {
      throw startError(error, endpoint);
    }
  }

  poll(maxRecords: number, maxBytes: number): Records | undefined {
    const records = this.#buffer.take(maxRecords, maxBytes);
    if (records === undefined) return undefined;
    if (!this.#buffer.isFull) this.#drained.abort();
    this.#claims.polled(records);
    this.#fetchIfHungry(records.partition);
    return records;
  }

  ready(signal: AbortSignal): Promise<void> {
    if (!this.#buffer.isResting || this.ended) return Promise.resolve();
    return this.#news.wait(signal);
  }

  get ended(): boolean {
    return this.#buffer.isEmpty && this.#claims.areAtEnd;
  }

  pause(partition?: PartitionId): void {
    this.#claims.pause(partition);
    if (partition === undefined) this.#chooseFetched(this.#membership);
    else this.#buffer.hold(partition);
    if (!this.#buffer.isFull) this.#drained.abort();
  }

  resume(partition?: PartitionId): void {
    this.#claims.resume(partition);
    if (partition === undefined) this.#chooseFetched(this.#membership);
    else this.#buffer.release(partition);
    this.#news.ring();
  }

  ends(): Positions | undefined {
    return this.#claims.ends;
  }

  /** For lag tools, a later job, and those that share the group: they read again what is not committed. */
  async committed(positions: Positions): Promise<void> {
    await this.#commit(this.#claims.newsIn(positions));
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#drained.abort();
    this.#ownership?.close();
    this.#news.ring();
    await this.#membership?.close();
  }

  async beforeJoin(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#buffer.clear();
    this.#sated.clear();
    this.#drained.abort();
    await this.#claims.release();
  }

  joined(assignment: Readonly<Record<string, readonly number[]>>, memberId: string): void {
    const membership = this.#membership;
    if (membership === undefined) return;
    const ids = Object.entries(assignment).flatMap(([topic, numbers]) =>
      numbers.map((number) => partitionId(topic, number)),
    );
    membership.pause(ids);
    void this.#settle(membership, ids, memberId).catch((error: Error) => this.#giveUp(membership, error));
  }

  async batch(payload: EachBatchPayload): Promise<void> {
    // kafkajs leaves this property out of its types.
    const batch = payload.batch as EachBatchPayload['batch'] & { readonly fetchedOffset: string };
    const own = this.#claims.own(partitionId(batch.topic, batch.partition));
    if (own === undefined) return;
    if (Number(batch.fetchedOffset) !== own.expected) return this.#returnTo(own);
    payload.resolveOffset(batch.lastOffset());
    const { expected, end = Number.POSITIVE_INFINITY } = own;
    for (const records of recordsIn(batchesIn(batch), expected, end)) this.#buffer.add(own.id, records);
    this.#advance(own, Number(batch.lastOffset()) + 1, Number(batch.highWatermark));
    if (this.#buffer.isSated(own.id)) {
      this.#sated.add(own.id);
      this.#chooseFetched(this.#membership);
    }
    await this.#room(payload);
  }

  passed(topic: string, partition: number, next: number, highWatermark: number): void {
    const own = this.#claims.own(partitionId(topic, partition));
    if (own !== undefined && next > own.expected) this.#advance(own, next, highWatermark);
  }

  fetching(nodeId: string): void {
    const { cluster } = this.#membership ?? {};
    if (cluster !== undefined) this.#claims.tellIdle(cluster, nodeId, (id) => this.#buffer.bytesOf(id) > 0);
  }

  lost(error: Error): void {
    if (this.#membership !== undefined) void this.#giveUp(this.#membership, error);
  }

  /** A broker that says "not now" (a topic's leaders are being chosen) is asked again, as long as `open` may take. */
  async #startWhenTold(): Promise<void> {
    for (;;) {
      try {
        return await this.#start();
      } catch (error) {
        const failure = kafkaError(error, this.#endpoint.endpoint);
        const isPassing = failure instanceof TransientError && failure.answered;
        if (!isPassing || this.#closing.signal.aborted) throw error;
        await this.#host.clock.sleep(ASK_AGAIN, this.#closing.signal);
      }
    }
  }

  async #start(): Promise<void> {
    const { topics } = this.#options;
    const partitionCount = await withAdmin(this.#endpoint, OPEN_DEADLINE, async (admin) => {
      refuseMissingTopics(topics, await admin.listTopics());
      const metadata = await admin.fetchTopicMetadata({ topics });
      return metadata.topics.reduce((count, { partitions }) => count + partitions.length, 0);
    });
    this.#fetchSize = fairFetchSize(this.#options, partitionCount);
    await this.#ownership?.check();
    await this.#join(async ({ cluster }) => {
      const partitions = partitionsOf(cluster, topics);
      const ends = this.#context.exitAtEnd
        ? await sampleEnds(this.#context.ends, cluster, partitions)
        : undefined;
      this.#claims.know(partitions, ends);
      this.#host.exist(partitions);
    });
  }

  async #join(prepare: (membership: Membership) => Promise<void>): Promise<void> {
    const options = { ...this.#options, ...this.#fetchSize };
    const membership = new Membership(this.#endpoint, this.#group, options, this);
    try {
      await membership.connect(this.#options.topics);
      await prepare(membership);
      if (this.#closing.signal.aborted) return await membership.close();
    } catch (error) {
      await membership.close();
      throw error;
    }
    this.#membership = membership;
    membership.join();
  }

  async #settle(membership: Membership, ids: readonly PartitionId[], memberId: string): Promise<void> {
    const settling = this.#claims.settle(ids, membership.cluster);
    const [settled] = await Promise.all([settling, this.#ownership?.check(memberId)]);
    if (!settled) return;
    // Whoever takes over before anything of it is done must not begin elsewhere.
    if (this.sharesPositions) await this.#commit(this.#claims.starts);
    this.#readOn(membership);
  }

  async #commit(positions: Positions): Promise<void> {
    if (Object.keys(positions).length > 0) await this.#membership?.commit(positions).catch(() => undefined);
  }

  #readOn(membership: Membership): void {
    for (const { id, expected } of this.#claims.all()) membership.seek(id, expected);
    this.#chooseFetched(membership);
    if (this.#outageSince !== undefined) this.#host.notice('kafka: connected again');
    this.#outageSince = undefined;
    this.#news.ring();
  }

  #fetchIfHungry(id: PartitionId): void {
    if (!this.#sated.has(id) || this.#buffer.isSated(id)) return;
    this.#sated.delete(id);
    this.#chooseFetched(this.#membership);
  }

  #chooseFetched(membership: Membership | undefined): void {
    const { wanted, unwanted } = this.#claims.fetched(this.#sated);
    membership?.pause(unwanted);
    membership?.resume(wanted);
  }

  #advance(own: OwnPartition, next: number, highWatermark: number): void {
    this.#claims.advance(own, next, highWatermark);
    if (isAtEnd(own)) this.#membership?.pause([own.id]);
    this.#news.ring();
  }

  /** Out of range, kafkajs starts elsewhere in silence: this ends the job if records are gone, else goes back. */
  async #returnTo(own: OwnPartition): Promise<void> {
    const membership = this.#membership;
    if (membership === undefined) return;
    const lost = await this.#claims.findLost(new Map([[own.id, own.expected]]), membership.cluster);
    if (lost !== undefined) this.#host.fail(lost);
    else membership.seek(own.id, own.expected);
  }

  async #room(payload: EachBatchPayload): Promise<void> {
    while (this.#buffer.isFull && !this.#closing.signal.aborted) {
      this.#drained = new AbortController();
      await this.#host.clock.sleep(HEARTBEAT_CHECK, this.#drained.signal);
      await payload.heartbeat();
    }
  }

  async #giveUp(membership: Membership, cause: Error): Promise<void> {
    if (membership !== this.#membership || this.#closing.signal.aborted) return;
    this.#membership = undefined;
    let error = kafkaError(cause, this.#endpoint.endpoint);
    this.#claims.unreachable();
    await membership.close();
    const { clock } = this.#host;
    while (error instanceof TransientError && !this.#closing.signal.aborted) {
      if (this.#outageSince === undefined) this.#host.notice(`${error.message}; reconnecting`);
      this.#outageSince ??= clock.elapsed();
      if (clock.elapsed() - this.#outageSince > LONGEST_OUTAGE)
        return this.#host.fail(new UnreachableError(this.#endpoint.endpoint, error.message));
      await clock.sleep(RECONNECT_DELAY, this.#closing.signal);
      try {
        return await this.#join(async () => undefined);
      } catch (again) {
        error = kafkaError(again, this.#endpoint.endpoint);
      }
    }
    if (!this.#closing.signal.aborted) this.#host.fail(error);
  }
}
