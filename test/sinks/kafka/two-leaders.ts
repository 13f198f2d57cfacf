import { createRequire } from 'node:module';
import type { Producer, ProducerConfig, ProducerRecord } from 'kafkajs';

const require = createRequire(import.meta.url);
const createSendMessages = require('kafkajs/src/producer/sendMessages.js');
const createRetry = require('kafkajs/src/retry/index.js');
const { createErrorFromCode } = require('kafkajs/src/protocol/error.js');

interface TopicData {
  readonly topic: string;
  readonly partitions: readonly {
    readonly partition: number;
    readonly firstSequence: number;
    readonly messages: readonly { readonly value: Buffer }[];
  }[];
}

type Trouble = 'moves' | 'lacks replicas' | 'never has replicas';

/**
 * A topic of partitions 0 and 1, led by brokers 1 and 2, as kafkajs's own producer sees it through all but its sockets:
 * one real server can't have two leaders, and what kafkajs makes of their different answers is what is to be seen.
 */
export class TwoLeaders {
  /** By partition. */
  readonly held: readonly string[][] = [[], []];
  readonly #sequences = [0, 0];
  readonly #leaders = [1, 2];
  #trouble: Trouble | undefined;

  /** What befalls partition 1 at the first request: its leader moves to broker 1, or lacks replicas for once or for good. */
  constructor(trouble: Trouble) {
    this.#trouble = trouble;
  }

  producer(config: ProducerConfig): Producer {
    const send = createSendMessages({
      logger: { debug() {}, error() {}, warn() {} },
      cluster: this.#cluster(),
      partitioner: config.createPartitioner!(),
      eosManager: this.#eosManager(),
      retrier: createRetry({ retries: 3, initialRetryTime: 1, maxRetryTime: 2 }),
    });
    const producer = {
      connect: async () => undefined,
      disconnect: async () => undefined,
      send: ({ topic, messages, ...how }: ProducerRecord) =>
        send({ ...how, topicMessages: [{ topic, messages }] }),
    };
    return producer as unknown as Producer;
  }

  #cluster() {
    const brokers = [1, 2].map((nodeId) => ({
      nodeId,
      produce: async (request: never) => this.#produce(nodeId, request),
    }));
    return {
      refreshMetadataIfNecessary: async () => undefined,
      refreshMetadata: async () => undefined,
      addMultipleTargetTopics: async () => undefined,
      isConnected: () => true,
      findTopicPartitionMetadata: () => this.#leaders.map((leader, partitionId) => ({ partitionId, leader })),
      findLeaderForPartitions: (_topic: string, partitions: readonly string[]) =>
        Object.groupBy(partitions.map(Number), (partition) => this.#leaders[partition]!),
      findBroker: async ({ nodeId }: { nodeId: string }) => brokers[Number(nodeId) - 1],
    };
  }

  #produce(broker: number, { topicData }: { readonly topicData: readonly TopicData[] }) {
    if (broker === 2 && this.#trouble !== undefined) {
      const moves = this.#trouble === 'moves';
      if (this.#trouble !== 'never has replicas') this.#trouble = undefined;
      if (moves) this.#leaders[1] = 1;
      // NOT_LEADER_FOR_PARTITION, NOT_ENOUGH_REPLICAS
      throw createErrorFromCode(moves ? 6 : 19);
    }
    for (const { partition, messages } of topicData.flatMap(({ partitions }) => partitions)) {
      this.held[partition]!.push(...messages.map(({ value }) => value.toString()));
    }
    const answers = (partitions: TopicData['partitions']) =>
      partitions.map(({ partition }) => ({ partition, errorCode: 0, baseOffset: '0' }));
    return {
      topics: topicData.map(({ topic, partitions }) => ({
        topicName: topic,
        partitions: answers(partitions),
      })),
    };
  }

  #eosManager() {
    return {
      isTransactional: () => false,
      getTransactionalId: () => undefined,
      getProducerId: () => 1,
      getProducerEpoch: () => 0,
      getSequence: (_topic: string, partition: number) => this.#sequences[partition],
      updateSequence: (_topic: string, partition: number, count: number) => {
        this.#sequences[partition]! += count;
      },
      acquireBrokerLock: async () => undefined,
      releaseBrokerLock: async () => undefined,
    };
  }
}
