import { describe, expect, test } from 'vitest';
import { type FetchedRecords, recordsIn } from '../../../src/clients/kafka/fetched-records.ts';
import { recordBatchesIn } from '../../../src/clients/kafka/record-batch.ts';
import { FetchBuffer } from '../../../src/sources/kafka/buffer.ts';
import { batchBytes } from '../../clients/kafka/batches.ts';

/** Records with values of these sizes, at every second offset. */
async function fetched(...sizes: number[]): Promise<FetchedRecords> {
  const bytes = await batchBytes({
    records: sizes.map((size, index) => ({
      offset: index * 2,
      timestamp: -1,
      key: null,
      value: Buffer.alloc(size, 'x'),
    })),
  });
  const [records] = recordsIn(await recordBatchesIn(bytes, 0, bytes.length), 0, Number.POSITIVE_INFINITY);
  return records!;
}

describe('the buffer of fetched records', () => {
  test('gives runs of one partition, bounded in records and in bytes', async () => {
    const buffer = new FetchBuffer(1_000_000);
    buffer.add('t/0', await fetched(10, 10, 10, 50, 10));
    buffer.add('t/1', await fetched(10));
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

  test('is full at its limit until all of a fetch is taken, whose memory is one piece', async () => {
    const buffer = new FetchBuffer(2000);
    buffer.add('t/0', await fetched(1000, 1000));
    expect(buffer.isFull).toBe(true);
    buffer.take(1, 5000);
    expect(buffer.isFull).toBe(true);
    buffer.take(1, 5000);
    expect(buffer.isFull).toBe(false);
    expect(buffer.isEmpty).toBe(true);
  });

  test('gives nothing of a partition that is held, and has room for the others', async () => {
    const buffer = new FetchBuffer(2000);
    buffer.add('fast', await fetched(1000, 1000));
    buffer.add('slow', await fetched(10));
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

  test('counts what it takes to find small records, too', async () => {
    const buffer = new FetchBuffer(2000);
    buffer.add('t/0', await fetched(...new Array<number>(100).fill(1)));
    expect(buffer.isFull).toBe(true);
  });

  test('gives records that say where to go on', async () => {
    const buffer = new FetchBuffer(2000);
    buffer.add('t/0', await fetched(3, 4));
    const records = buffer.take(10, 1000)!;
    expect(String(records.bytes(1))).toBe('xxxx');
    expect([records.text(1), records.next(1), records.timestamp(1)]).toEqual(['xxxx', 3, null]);
    // With the lengths of key and value.
    expect(records.size(1)).toBe(6);
  });
});
