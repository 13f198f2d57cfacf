import { z } from 'zod';
import { kafkaConnection, topicName } from '../../clients/kafka/options.ts';
import { duration, names } from '../../component/options.ts';
import type { Position } from '../../event.ts';

const offsetExpected = 'must be earliest, latest, committed, or @ and a time such as @2026-01-31T12:00:00Z';

const offset = z
  .string(offsetExpected)
  .refine(
    (text) => ['earliest', 'latest', 'committed'].includes(text) || timeOf(text) !== undefined,
    offsetExpected,
  );

const bytes = (least: number) => z.number().int().min(least);

export const kafkaSourceOptions = z
  .strictObject({
    ...kafkaConnection,
    topics: names('must be a topic or a list of topics')
      .pipe(z.array(topicName))
      .transform((topics) => [...new Set(topics)])
      .describe('topics to read'),
    group: z.string().min(1).describe('consumer group; sluice-JOB-SOURCE if not given').optional(),
    offset: offset
      .default('committed')
      .describe('where to start without a checkpoint: earliest, latest, committed (else earliest), @time'),
    share: z
      .boolean()
      .default(false)
      .describe('whether other processes may read as the same group, each its share of the partitions'),
    isolation: z
      .enum(['read_committed', 'read_uncommitted'])
      .default('read_committed')
      .describe('whether records of open and aborted transactions are read'),
    max_bytes_per_partition: bytes(1024)
      .default(4 * 1024 * 1024)
      .describe('the most that one fetch brings of one partition, in bytes'),
    max_bytes: bytes(1024)
      .default(8 * 1024 * 1024)
      .describe('the most that one fetch brings, in bytes'),
    // kafkajs also sleeps for so long whenever no partition is to be fetched: at the start and at the end of each job.
    max_wait: duration().default(100).describe('how long a broker may wait for the first new record'),
    buffer_bytes: bytes(1024)
      .default(16 * 1024 * 1024)
      .describe('fetched records that may wait, in bytes of memory'),
    session_timeout: duration().default(6000).describe('how soon the group gives up a member that is silent'),
  })
  .refine(({ share, group }) => !share || group !== undefined, {
    path: ['share'],
    params: { besideOthers: true },
    error: 'needs a group that other processes can name: set "group"',
  });
export type KafkaSourceOptions = z.output<typeof kafkaSourceOptions>;

const LEAST_FETCHED = 64 * 1024;

/**
 * What one fetch brings, shared out equally: a broker fills its answer in the order of the partitions, and would let
 * the last ones wait until the first are read to their ends.
 */
export function fairFetchSize(
  { max_bytes, max_bytes_per_partition }: KafkaSourceOptions,
  partitionCount: number,
): Pick<KafkaSourceOptions, 'max_bytes' | 'max_bytes_per_partition'> {
  const share = Math.max(LEAST_FETCHED, Math.floor(max_bytes / Math.max(1, partitionCount)));
  const each = Math.min(max_bytes_per_partition, share);
  return { max_bytes: Math.max(max_bytes, each * partitionCount), max_bytes_per_partition: each };
}

/** Where a partition without a position starts. */
export type Start =
  | { readonly at: 'earliest' | 'latest' | 'committed' }
  | { readonly at: 'time'; readonly time: Position };

export function startOf(offset: string): Start {
  const time = timeOf(offset);
  if (time !== undefined) return { at: 'time', time };
  return { at: offset as 'earliest' | 'latest' | 'committed' };
}

/** `@1700000000000` or `@` and ISO 8601, without an offset UTC, in epoch milliseconds; undefined for anything else. */
function timeOf(text: string): number | undefined {
  if (!text.startsWith('@')) return undefined;
  const written = text.slice(1).trim();
  if (/^\d+$/.test(written)) return Number(written);
  const zoned = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?$/.test(written) ? `${written}Z` : written;
  const time = Date.parse(zoned);
  return /^\d{4}-/.test(written) && Number.isFinite(time) ? time : undefined;
}
