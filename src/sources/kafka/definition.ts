import { connectionFromEnvironment } from '../../clients/kafka/options.ts';
import { optionsFromUri } from '../../clients/kafka/uri.ts';
import { defineSource } from '../../component/define.ts';
import { kafkaSourceOptions } from './options.ts';

export const kafkaSource = defineSource({
  kind: 'source',
  type: 'kafka',
  summary: 'records of Kafka topics, as one member of a consumer group',
  options: kafkaSourceOptions,
  examples: [
    'kafka://localhost:9092/clicks',
    'kafka://h1:9092,h2:9092/orders,users?group=analytics&offset=earliest',
    'kafka://localhost:9092/clicks?offset=@2026-01-31T12:00:00Z',
  ],
  replayable: true,
  positionsIn: ({ topics }) => topics,
  readsAs: ({ group, brokers }) => (group === undefined ? undefined : `group ${group} of ${String(brokers)}`),
  isShared: ({ share }) => share,
  hasTimestamps: true,
  fromUri: (uri) => ({
    ...optionsFromUri(uri, kafkaSourceOptions),
    ...(uri.path !== '' && { topics: uri.path }),
  }),
  fromEnvironment: connectionFromEnvironment,
  async build(options, context) {
    const { KafkaSource } = await import('./source.ts');
    return new KafkaSource(options, context);
  },
});
