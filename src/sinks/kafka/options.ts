import { z } from 'zod';
import { compressions, kafkaConnection, topicName } from '../../clients/kafka/options.ts';

export const kafkaSinkOptions = z.strictObject({
  ...kafkaConnection,
  topic: topicName.describe('topic to write to; created if missing'),
  headers: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe('headers of each record: { name: field }; a field that is missing leaves its header out'),
  guarantee: z
    .enum(['at_least_once', 'exactly_once'])
    .default('at_least_once')
    .describe(
      'exactly_once: rows come in transactions, one after each checkpoint; read them as read_committed',
    ),
  compression: z.enum(compressions).default('none').describe('none, gzip, snappy, lz4 or zstd'),
});
export type KafkaSinkOptions = z.output<typeof kafkaSinkOptions>;
