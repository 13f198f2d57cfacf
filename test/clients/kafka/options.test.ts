import { describe, expect, test } from 'vitest';
import { connectionFromEnvironment, kafkaConnectionSchema } from '../../../src/clients/kafka/options.ts';
import { parseUri } from '../../../src/component/uri.ts';
import { kafkaSink } from '../../../src/sinks/kafka/definition.ts';
import { kafkaSinkOptions } from '../../../src/sinks/kafka/options.ts';
import { kafkaSource } from '../../../src/sources/kafka/definition.ts';
import { fairFetchSize, kafkaSourceOptions, startOf } from '../../../src/sources/kafka/options.ts';

describe('the options of a Kafka connection', () => {
  const parse = (options: Record<string, unknown>) => kafkaConnectionSchema.parse(options);

  test("brokers are a text or a list, with Kafka's port where none is given", () => {
    expect(parse({ brokers: 'h1, h2:9093' }).brokers).toEqual(['h1:9092', 'h2:9093']);
    expect(parse({ brokers: ['h1:1'] }).brokers).toEqual(['h1:1']);
    expect(() => parse({ brokers: '' })).toThrow('must be a list of host:port');
    expect(() => parse({ brokers: 'h1:port' })).toThrow('must be a list of host:port');
    expect(() => parse({ brokers: 'http://h1' })).toThrow('must be a list of host:port');
  });

  test('certificates are verified unless told otherwise', () => {
    expect(parse({ brokers: 'h1', ssl: { ca: '/ca.pem' } }).ssl).toEqual({ ca: '/ca.pem', verify: true });
  });

  test('what comes out goes in again, and comes out the same', () => {
    const sasl = { mechanism: 'SCRAM-SHA-256', username: 'u', password: 'p' };
    const once = parse({ brokers: 'h1', ssl: true, sasl, connection_timeout: '5s' });
    expect(parse(once)).toEqual(once);
  });

  test('the environment has the usual names', () => {
    expect(
      connectionFromEnvironment({
        KAFKA_BOOTSTRAP_SERVERS: 'h1:9092',
        KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
        KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
        KAFKA_SASL_USERNAME: 'u',
        KAFKA_SASL_PASSWORD: 'p',
      }),
    ).toEqual({
      brokers: 'h1:9092',
      ssl: true,
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'u', password: 'p' },
    });
    expect(connectionFromEnvironment({})).toEqual({});
  });
});

describe('a Kafka URI', () => {
  const read = (text: string) => kafkaSourceOptions.parse(kafkaSource.fromUri(parseUri(text, 'stdin')));

  test('holds brokers, topics and any option', () => {
    expect(
      read('kafka://h1:9092,h2:9092/a,b?group=7&offset=earliest&max_bytes=4096&ssl.verify=false'),
    ).toMatchObject({
      brokers: ['h1:9092', 'h2:9092'],
      topics: ['a', 'b'],
      group: '7',
      offset: 'earliest',
      max_bytes: 4096,
      ssl: { verify: false },
    });
  });

  test('of a sink holds its topic', () => {
    const uri = parseUri('kafka://h1/totals?compression=zstd', 'stdout');
    expect(kafkaSinkOptions.parse(kafkaSink.fromUri(uri))).toMatchObject({
      topic: 'totals',
      compression: 'zstd',
    });
  });

  test.each([
    'kafka://h1/a?offset=first',
    'kafka://h1/a?offset=@yesterday',
    'kafka://h1/a?topc=b',
    'kafka://h1/a b',
    'kafka://h1/',
  ])('%s is refused', (text) => {
    expect(() => read(text)).toThrow();
  });

  test.each([...kafkaSource.examples])('%s is an example that is valid', (text) => {
    expect(() => read(text)).not.toThrow();
  });
});

test.each([
  ['@1700000000000', 1_700_000_000_000],
  ['@2026-01-31T12:00:00Z', Date.UTC(2026, 0, 31, 12)],
  ['@2026-01-31T12:00:00', Date.UTC(2026, 0, 31, 12)],
  ['@2026-01-31T12:00:00+02:00', Date.UTC(2026, 0, 31, 10)],
  ['@2026-01-31', Date.UTC(2026, 0, 31)],
])('offset %s is a time', (text, time) => {
  expect(startOf(text)).toEqual({ at: 'time', time });
});

test('a fetch is shared out among the partitions', () => {
  const options = kafkaSourceOptions.parse({ brokers: 'h1', topics: 'a', max_bytes: 8_000_000 });
  expect(fairFetchSize(options, 1).max_bytes_per_partition).toBe(4 * 1024 * 1024);
  expect(fairFetchSize(options, 8)).toEqual({ max_bytes: 8_000_000, max_bytes_per_partition: 1_000_000 });
  expect(fairFetchSize(options, 1000)).toEqual({ max_bytes: 65_536_000, max_bytes_per_partition: 65_536 });
});
