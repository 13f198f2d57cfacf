import { z } from 'zod';
import { parseTable } from '../../clients/cassandra/names.ts';
import { cassandraConnection } from '../../clients/cassandra/options.ts';
import { names, seconds } from '../../component/options.ts';
import { SpecError } from '../../errors.ts';
import { columnsOf, parseColumns } from './schema.ts';

const consistencies = [
  'any',
  'one',
  'two',
  'three',
  'quorum',
  'all',
  'local_quorum',
  'each_quorum',
  'local_one',
] as const;
/** Cassandra's own limit, 20 years. */
const LONGEST_TTL = 630_720_000;

/** A schema as it is given: columns as in CREATE TABLE, or column → type. */
const schemaOption = z
  .union(
    [z.string(), z.record(z.string(), z.string())],
    "must be 'column type, …' or an object of column: type",
  )
  .superRefine((schema, context) => {
    try {
      typeof schema === 'string' ? parseColumns(schema) : columnsOf(schema);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      const message = error.hint === undefined ? error.message : `${error.message}; ${error.hint}`;
      context.addIssue({ code: 'custom', message });
    }
  });

const replicas = z.int().min(1);

export const cassandraSinkOptions = z.strictObject({
  ...cassandraConnection,
  table: z
    .string()
    .refine((text) => parseTable(text) !== undefined, 'must be keyspace.table, of letters, digits and _')
    .describe('table as keyspace.table, in its own spelling'),
  create_table: z.boolean().default(false).describe('create the keyspace and the table if they are missing'),
  schema: schemaOption
    .optional()
    .describe("columns of the table to create: 'user_id text, value double, metadata map<text,text>'"),
  partition_key: names('must be a column or a list of columns')
    .optional()
    .describe('partition key of the table to create'),
  clustering_key: names('must be a column, as ts or ts desc, or a list of them')
    .optional()
    .describe('clustering columns of the table to create, each with asc or desc'),
  replication: z
    .union(
      [replicas, z.record(z.string().min(1), replicas)],
      'must be a number of copies, or datacenter: copies',
    )
    .default(1)
    .describe('copies kept by a keyspace to create: a number, or one for each datacenter'),
  ttl: seconds()
    .pipe(z.number().max(LONGEST_TTL, 'must be at most 20 years'))
    .default(0)
    .describe('how long rows live, as 1d or in seconds; 0 is for ever'),
  columns: z
    .record(z.string(), z.string().min(1))
    .default({})
    .describe("column: path of the field that feeds it, where that is not the column's own name"),
  consistency: z
    .string()
    .default('local_quorum')
    .transform((text) => text.toLowerCase())
    .pipe(z.enum(consistencies, `must be one of ${consistencies.join(', ')}`))
    .describe('how many copies must acknowledge a write'),
});

export type CassandraSinkOptions = z.output<typeof cassandraSinkOptions>;
