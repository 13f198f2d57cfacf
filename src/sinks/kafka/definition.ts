import { connectionFromEnvironment } from '../../clients/kafka/options.ts';
import { optionsFromUri } from '../../clients/kafka/uri.ts';
import { defineSink } from '../../component/define.ts';
import { kafkaSinkOptions } from './options.ts';

export const kafkaSink = defineSink({
  kind: 'sink',
  type: 'kafka',
  summary: 'a record of a Kafka topic for each event, keyed by its identity',
  options: kafkaSinkOptions,
  examples: [
    'kafka://localhost:9092/alerts',
    'kafka://h1:9092,h2:9092/totals?compression=zstd',
    'kafka://localhost:9092/payments?guarantee=exactly_once',
  ],
  fromUri: (uri) => ({
    ...optionsFromUri(uri, kafkaSinkOptions),
    ...(uri.path !== '' && { topic: uri.path }),
  }),
  fromEnvironment: connectionFromEnvironment,
  mode: ({ guarantee }) => (guarantee === 'exactly_once' ? 'staged' : 'direct'),
  target: () => undefined,
  async build(options, context) {
    const { KafkaSink } = await import('./sink.ts');
    return new KafkaSink(options, context);
  },
  async buildStaged(options, context) {
    const { KafkaStagedSink } = await import('./staged-sink.ts');
    return new KafkaStagedSink(options, context);
  },
});
