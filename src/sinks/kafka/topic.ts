import type { Admin } from 'kafkajs';
import { type KafkaEndpoint, withAdmin } from '../../clients/kafka/connect.ts';
import { ConfigResourceTypes } from '../../clients/kafka/kafkajs.ts';
import { createTopic } from '../../clients/kafka/topics.ts';
import type { Millis } from '../../clock.ts';
import type { SinkHost } from '../../component/sink.ts';
import { Partitioner } from './partitioner.ts';
import type { Target } from './requests.ts';

const ADMIN_DEADLINE: Millis = 10_000;
/** Kafka's own default of `max.message.bytes`. */
const DEFAULT_BATCH_BYTES = 1_048_588;

/** Creates the topic if it is missing. */
export function prepareTopic(endpoint: KafkaEndpoint, topic: string, host: SinkHost): Promise<Target> {
  return withAdmin(endpoint, ADMIN_DEADLINE, async (admin) => {
    const topics = await admin.listTopics();
    if (!topics.includes(topic) && (await createTopic(admin, { topic }, host.clock)))
      host.notice(`kafka: created topic ${topic}`);
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [topic] });
    const partitioner = new Partitioner(found[0]!.partitions);
    return { partitioner, batchBytes: await batchBytes(admin, topic) };
  });
}

/** The most that a topic takes in one batch of records. Users who may write need not be allowed to see a topic's settings. */
async function batchBytes(admin: Admin, topic: string): Promise<number> {
  const name = 'max.message.bytes';
  const described = await admin
    .describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [name] }],
    })
    .catch(() => undefined);
  const entry = described?.resources[0]?.configEntries.find((one) => one.configName === name);
  return Number(entry?.configValue) || DEFAULT_BATCH_BYTES;
}
