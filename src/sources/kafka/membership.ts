import type { Broker, Cluster, Consumer, EachBatchPayload, PartitionAssigner } from 'kafkajs';
import { type KafkaEndpoint, withDeadline } from '../../clients/kafka/connect.ts';
import { fetchBatches } from '../../clients/kafka/fetch-batches.ts';
import { KafkaJSNonRetriableError, PartitionAssigners } from '../../clients/kafka/kafkajs.ts';
import type { PartitionId, Position, Positions } from '../../event.ts';
import type { KafkaSourceOptions } from './options.ts';
import { topicPartition, topicPartitions } from './partition.ts';

export interface MembershipHandler {
  /** Before each attempt to join the group, which waits for it: by joining, a member gives up what it has. */
  beforeJoin(): Promise<void>;
  /** Topic → partitions. Nothing has been fetched of them yet, and what is paused now will not be. */
  joined(assignment: Readonly<Record<string, readonly number[]>>, memberId: string): void;
  batch(payload: EachBatchPayload): Promise<void>;
  /** A fetch brought nothing to show (control records, aborted transactions) up to `next`. */
  passed(topic: string, partition: number, next: number, highWatermark: number): void;
  /** A fetch from a broker begins, after the one before it succeeded and was handed over. */
  fetching(nodeId: string): void;
  /** The end of this membership, but for `close`. Called once. */
  lost(error: Error): void;
}

/** The same calls that kafkajs makes, as far as its types leave them out. */
interface Coordinator extends Broker {
  heartbeat(request: Heartbeat): Promise<unknown>;
}
interface Heartbeat {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupGenerationId: number;
}

const HEARTBEAT_INTERVAL = 2000;
const GIVE_UP_CLOSING = 3000;
/** A broker that hangs must not hold up the checkpoints. */
const GIVE_UP_COMMITTING = 3000;

/**
 * One life as a member of a consumer group, from connecting to the first error that kafkajs does not overcome at once:
 * its own restart is switched off, as it hides outages. Of kafkajs's inner parts this uses the cluster that it hands to
 * every assigner: the only place from which a join can be held back.
 */
export class Membership {
  readonly cluster: Cluster;
  readonly #consumer: Consumer;
  readonly #endpoint: KafkaEndpoint;
  readonly #handler: MembershipHandler;
  readonly #findCoordinator: Cluster['findGroupCoordinator'];
  /** Brokers whose newest fetch has come back. */
  readonly #answered = new Set<string>();
  #heartbeat: Heartbeat | undefined;
  #over = false;

  constructor(
    endpoint: KafkaEndpoint,
    group: string,
    options: KafkaSourceOptions,
    handler: MembershipHandler,
  ) {
    this.#endpoint = endpoint;
    this.#handler = handler;
    let cluster: Cluster | undefined;
    const roundRobin: PartitionAssigner = (config) => {
      cluster = config.cluster;
      return PartitionAssigners.roundRobin(config);
    };
    this.#consumer = endpoint.kafka.consumer({
      groupId: group,
      partitionAssigners: [roundRobin],
      sessionTimeout: options.session_timeout,
      heartbeatInterval: Math.min(HEARTBEAT_INTERVAL, Math.floor(options.session_timeout / 3)),
      maxBytesPerPartition: options.max_bytes_per_partition,
      maxBytes: options.max_bytes,
      maxWaitTimeInMs: options.max_wait,
      readUncommitted: options.isolation === 'read_uncommitted',
      allowAutoTopicCreation: false,
      retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 1000, restartOnFailure: async () => false },
    });
    this.cluster = cluster!;
    fetchBatches(this.cluster);
    this.#findCoordinator = this.cluster.findGroupCoordinator.bind(this.cluster);
    this.cluster.findGroupCoordinator = async (group) => {
      await this.#holdJoin();
      return this.#findCoordinator(group);
    };
    this.#listen();
  }

  /** Connects, after which `cluster` can be asked. Throws what kafkajs throws. */
  async connect(topics: readonly string[]): Promise<void> {
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: [...topics], fromBeginning: true });
  }

  /** Begins to join the group, and to fetch once it has. */
  join(): void {
    void this.#consumer
      .run({ autoCommit: false, eachBatch: (payload) => this.#handler.batch(payload) })
      .catch((error: Error) => this.#lose(error));
  }

  pause(partitions: readonly PartitionId[]): void {
    this.#whileInGroup(() => this.#consumer.pause(topicPartitions(partitions)));
  }

  resume(partitions: readonly PartitionId[]): void {
    this.#whileInGroup(() => this.#consumer.resume(topicPartitions(partitions)));
  }

  /** The next fetch of the partition begins at `position`; one that is on its way is thrown away. */
  seek(id: PartitionId, position: Position): void {
    this.#whileInGroup(() => this.#consumer.seek({ ...topicPartition(id), offset: String(position) }));
  }

  /** Throws what kafkajs throws, and TransientError when a broker hangs. */
  async commit(positions: Positions): Promise<void> {
    const offsets = Object.entries(positions).map(([id, position]) => ({
      ...topicPartition(id),
      offset: String(position),
    }));
    const { clock, endpoint } = this.#endpoint;
    await withDeadline(this.#consumer.commitOffsets(offsets), GIVE_UP_COMMITTING, clock, endpoint);
  }

  /** Leaves the group, without waiting long for a server that hangs. */
  async close(): Promise<void> {
    this.#over = true;
    const { clock, endpoint } = this.#endpoint;
    await withDeadline(this.#consumer.disconnect(), GIVE_UP_CLOSING, clock, endpoint).catch(() => undefined);
  }

  #listen(): void {
    const consumer = this.#consumer;
    const { events } = consumer;
    consumer.on(events.GROUP_JOIN, ({ payload }) => {
      this.#heartbeat = undefined;
      this.#answered.clear();
      if (!this.#over) this.#handler.joined(payload.memberAssignment, payload.memberId);
    });
    consumer.on(events.HEARTBEAT, ({ payload }) => {
      this.#heartbeat = payload;
    });
    consumer.on(events.FETCH_START, ({ payload }) => {
      if (this.#answered.delete(String(payload.nodeId))) this.#handler.fetching(String(payload.nodeId));
    });
    consumer.on(events.FETCH, ({ payload }) => {
      this.#answered.add(String(payload.nodeId));
    });
    consumer.on(events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize > 0) return;
      const { topic, partition, lastOffset, highWatermark } = payload;
      this.#handler.passed(topic, partition, Number(lastOffset) + 1, Number(highWatermark));
    });
    consumer.on(events.CRASH, ({ payload }) => this.#lose(payload.error));
  }

  /** kafkajs refuses while it is not in the group; the next join sets all of this again. */
  #whileInGroup(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!(error instanceof KafkaJSNonRetriableError)) throw error;
    }
  }

  #lose(error: Error): void {
    if (this.#over) return;
    this.#over = true;
    this.#handler.lost(error);
  }

  /** Heartbeats go on meanwhile, so that the group waits for us. */
  async #holdJoin(): Promise<void> {
    const heartbeat = this.#heartbeat;
    const stop = this.#endpoint.clock.every(HEARTBEAT_INTERVAL, () => {
      if (heartbeat !== undefined) void this.#beat(heartbeat).catch(() => undefined);
    });
    try {
      await this.#handler.beforeJoin();
    } finally {
      stop();
    }
  }

  async #beat(heartbeat: Heartbeat): Promise<void> {
    const coordinator = (await this.#findCoordinator({ groupId: heartbeat.groupId })) as Coordinator;
    await coordinator.heartbeat(heartbeat);
  }
}
