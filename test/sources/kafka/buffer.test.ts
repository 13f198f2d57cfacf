import type { KafkaMessage } from 'kafkajs';
import { describe, expect, test } from 'vitest';
import { FetchBuffer } from '../../../src/sources/kafka/buffer.ts';

function messages(...sizes: number[]): KafkaMessage[] {
  return sizes.map((size, index) => ({
    key: null,
    value: Buffer.alloc(size, 'x'),
    timestamp: '-1',
    attributes: 0,
    offset: String(index * 2),
    headers: {},
  }));
}

describe('the buffer of fetched records', () => {
  test('gives runs of one partition, bounded in records and in bytes', () => {
    const buffer = new FetchBuffer(1_000_000);
    buffer.add('t/0', messages(10, 10, 10, 50, 10));
    buffer.add('t/1', messages(10));
    const run = (maxRecords: number, maxBytes: number) => {
      const records = buffer.take(maxRecords, maxBytes);
      return records && [records.partition, records.offset(0), records.length];
    };
    expect(run(2, 100)).toEqual(['t/0', 0, 2]);
    expect(run(9, 40)).toEqual(['t/0', 4, 1]);
    expect(run(9, 40)).toEqual(['t/0', 6, 1]);
    expect(run(9, 40)).toEqual(['t/0', 8, 1]);
    expect(run(9, 40)).toEqual(['t/1', 0, 1]);
    expect(run(9, 40)).toBeUndefined();
  });

  test('is full at its limit, and has room again when records are taken', () => {
    const buffer = new FetchBuffer(2000);
    buffer.add('t/0', messages(1000, 1000));
    expect(buffer.isFull).toBe(true);
    buffer.take(1, 5000);
    expect(buffer.isFull).toBe(false);
    buffer.take(1, 5000);
    expect(buffer.isEmpty).toBe(true);
  });

  test('gives nothing of a partition that is held, and has room for the others', () => {
    const buffer = new FetchBuffer(2000);
    buffer.add('fast', messages(1000, 1000));
    buffer.add('slow', messages(10));
    buffer.hold('fast');
    expect(buffer.isFull).toBe(false);
    expect(buffer.take(10, 5000)?.partition).toBe('slow');
    expect(buffer.take(10, 5000)).toBeUndefined();
    expect([buffer.isResting, buffer.isEmpty, buffer.bytesOf('slow')]).toEqual([true, false, 0]);
    buffer.release('fast');
    expect([buffer.isResting, buffer.isFull]).toEqual([false, true]);
    expect([buffer.isSated('fast'), buffer.isSated('slow')]).toEqual([true, false]);
    expect(buffer.take(10, 5000)?.partition).toBe('fast');
  });

  test('shares the records with what was fetched, and says where to go on', () => {
    const buffer = new FetchBuffer(2000);
    const fetched = messages(3, 4);
    buffer.add('t/0', fetched);
    const records = buffer.take(10, 1000)!;
    expect(records.bytes(1)).toBe(fetched[1]?.value);
    expect([records.text(1), records.size(1), records.next(1), records.timestamp(1)]).toEqual([
      'xxxx',
      4,
      3,
      null,
    ]);
  });
});
