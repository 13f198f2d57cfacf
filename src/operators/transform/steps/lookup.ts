import { z } from 'zod';
import { parseTable } from '../../../clients/cassandra/names.ts';
import {
  cassandraConnection,
  connectionFromEnvironment as cassandraFromEnvironment,
} from '../../../clients/cassandra/options.ts';
import {
  kafkaConnection,
  connectionFromEnvironment as kafkaFromEnvironment,
  topicName,
} from '../../../clients/kafka/options.ts';
import type { LookupTable } from '../../../clients/lookup/table.ts';
import { duration } from '../../../component/options.ts';
import { compileScalar } from '../../../expression/compile.ts';
import { expressionOption } from '../../../expression/option.ts';
import { parseExpression } from '../../../expression/parse.ts';
import { LookupStage } from '../lookup-stage.ts';
import { targetOption } from '../options.ts';
import { parseTarget } from '../paths.ts';
import { defineStage } from './define.ts';

const common = {
  into: targetOption().describe('The field that the row is put into'),
  key: expressionOption().describe('What the row is found by'),
  by: z.string().min(1).optional().describe("The column that holds the key; the table's own if left out"),
  on_miss: z
    .enum(['null', 'drop', 'dead_letter'])
    .or(z.null().transform(() => 'null' as const))
    .default('null')
    .describe('What becomes of an event without a row: NULL for the row, filtered out, or a dead letter'),
};

/** Of a table that is asked. */
const remembered = {
  cache: z.int().min(0).default(10_000).describe('Rows that are remembered, absent ones too'),
  ttl: duration().prefault('5m').describe('How long a row is remembered'),
};

const cassandra = z.strictObject({
  via: z.literal('cassandra'),
  ...common,
  ...remembered,
  ...cassandraConnection,
  table: z
    .string()
    .refine((text) => parseTable(text) !== undefined, 'must be keyspace.table')
    .describe('The table, as keyspace.table'),
});

const sqlite = z.strictObject({
  via: z.literal('sqlite'),
  ...common,
  ...remembered,
  path: z.string().min(1).meta({ path: true }).describe('The SQLite file'),
  table: z.string().min(1).describe('The table'),
});

const file = z.strictObject({
  via: z.literal('file'),
  ...common,
  by: z.string().min(1).describe('The field of its rows that holds the key'),
  path: z.string().min(1).meta({ path: true }).describe('A file of JSON lines or CSV, read at the start'),
});

const kafka = z.strictObject({
  via: z.literal('kafka'),
  ...common,
  ...kafkaConnection,
  by: z.string().min(1).optional().describe("The field that holds the key; the record's key if left out"),
  topic: topicName.describe(
    'A topic, of which the newest record of each key counts: read to its end, then followed',
  ),
});

const options = z.discriminatedUnion('via', [cassandra, sqlite, file, kafka]);

export const lookup = defineStage({
  type: 'lookup',
  options: options.describe('Enriches events with a row from a table, found by key'),
  endpoint(given) {
    const via = (given as { via?: unknown } | null | undefined)?.via;
    if (via === 'cassandra') return { options: cassandra, fromEnvironment: cassandraFromEnvironment };
    return via === 'kafka' ? { options: kafka, fromEnvironment: kafkaFromEnvironment } : undefined;
  },
  nonDeterminism: () => 'a lookup sees its table as it is now',
  async build(given, { place }) {
    const { into, key, on_miss } = given;
    return new LookupStage(await tableOf(given), {
      into: parseTarget(into, place),
      key: compileScalar(parseExpression(key, { place })),
      onMiss: on_miss,
      cache: 'cache' in given ? given.cache : 0,
      ttl: 'ttl' in given ? given.ttl : 0,
    });
  },
});

async function tableOf(given: z.output<typeof options>): Promise<LookupTable> {
  switch (given.via) {
    case 'cassandra': {
      const { CassandraLookup } = await import('../../../clients/lookup/cassandra.ts');
      return new CassandraLookup(given);
    }
    case 'sqlite': {
      const { SqliteLookup } = await import('../../../clients/lookup/sqlite.ts');
      return new SqliteLookup(given);
    }
    case 'kafka': {
      const { KafkaLookup } = await import('../../../clients/lookup/kafka.ts');
      return new KafkaLookup(given);
    }
    case 'file': {
      const { FileLookup } = await import('../../../clients/lookup/file.ts');
      return new FileLookup(given);
    }
  }
}
