import { expect, test } from 'vitest';
import { Partitioner } from '../../../src/sinks/kafka/partitioner.ts';
import { type Request, sendEach } from '../../../src/sinks/kafka/requests.ts';

/** Partitions 0 and 2 are led by broker 1, partitions 1 and 3 by broker 2. */
const partitioner = new Partitioner(
  [0, 1, 2, 3].map((partitionId) => ({
    partitionId,
    leader: 1 + (partitionId % 2),
    partitionErrorCode: 0,
    replicas: [],
    isr: [],
  })),
);
const requests: Request[] = [0, 1, 2, 3].map((partition) => ({ partition, records: [] }));

test('sends to all brokers at once, and to each one request after the other', async () => {
  const underWay = new Set<number>();
  const seen: string[] = [];
  await sendEach(requests, partitioner, async ({ partition }) => {
    underWay.add(partition);
    seen.push([...underWay].join());
    await new Promise(setImmediate);
    underWay.delete(partition);
  });
  expect(seen.slice(0, 2)).toEqual(['0', '0,1']);
  expect(seen).toHaveLength(4);
  for (const partitions of seen)
    expect(['0', '1', '2', '3', '0,1', '1,2', '2,1', '2,3', '3,2']).toContain(partitions);
});

test('throws the first error when nothing is on its way any more, and sends nothing after it', async () => {
  const begun: number[] = [];
  const done: number[] = [];
  const sending = sendEach(requests, partitioner, async ({ partition }) => {
    begun.push(partition);
    if (partition === 0) throw new Error('broker 1 hangs');
    await new Promise(setImmediate);
    done.push(partition);
  });
  await expect(sending).rejects.toThrow('broker 1 hangs');
  expect([begun, done]).toEqual([[0, 1], [1]]);
});
