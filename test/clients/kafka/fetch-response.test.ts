import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compressionTypes, registerCodecs } from '../../../src/clients/kafka/codecs.ts';
import { type BatchMessage, decodeFetchResponse } from '../../../src/clients/kafka/fetch-response.ts';
import { recordsIn } from '../../../src/clients/kafka/fetched-records.ts';
import { batchBytes, fetchResponse, type GivenBatch, markerBytes, withAttribute } from './batches.ts';

registerCodecs();

interface Response<Message> {
  readonly responses: readonly {
    readonly partitions: readonly { readonly messages: readonly Message[] }[];
  }[];
}
interface KafkajsMessage {
  readonly offset: string;
  readonly timestamp: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: object;
}
const kafkajs: { decode(bytes: Buffer): Promise<Response<KafkajsMessage>> } = createRequire(import.meta.url)(
  'kafkajs/src/protocol/requests/fetch/v11/response.js',
);

/** What a consumer sees of the answer. */
async function visible(response: Buffer, from = 0, until = Number.POSITIVE_INFINITY) {
  const decoded = (await decodeFetchResponse(response, 11)) as Response<BatchMessage>;
  const { messages } = decoded.responses[0]!.partitions[0]!;
  const batches = messages.filter(({ isControlRecord }) => !isControlRecord).map(({ batch }) => batch);
  return recordsIn(batches, from, until).flatMap((records) =>
    Array.from({ length: records.length }, (_, index) => ({
      offset: records.offset(index),
      timestamp: records.timestamp(index),
      key: records.key(index),
      value: records.value(index),
      headers: records.headers(index),
    })),
  );
}

async function offsets(response: Buffer, from?: number, until?: number) {
  return (await visible(response, from, until)).map(({ offset }) => offset);
}

const record = (offset: number, value = `v${offset}`) => ({
  offset,
  key: Buffer.from(`k${offset}`),
  value: Buffer.from(value),
});

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const givenBatch: fc.Arbitrary<GivenBatch> = fc.record({
  compression: fc.constantFrom(...Object.values(compressionTypes)),
  records: fc
    .array(
      fc.record({
        gap: fc.integer({ min: 1, max: 200 }),
        timestamp: fc.integer({ min: 0, max: 2 ** 41 }),
        key: fc.option(bytes),
        value: fc.option(bytes),
        headers: fc.dictionary(
          fc.string({ minLength: 1, maxLength: 5 }),
          fc.oneof(bytes, fc.array(bytes, { minLength: 2, maxLength: 3 })),
          {
            maxKeys: 3,
            noNullPrototype: true,
          },
        ),
      }),
      { minLength: 1, maxLength: 20 },
    )
    .map((records) => {
      let offset = 2 ** 40;
      return records.map(({ gap, ...rest }) => ({ ...rest, offset: (offset += gap) }));
    }),
});

test('gives what kafkajs gives, of any batches', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(givenBatch, { minLength: 1, maxLength: 4 }), async (batches) => {
      const response = fetchResponse(await Promise.all(batches.map(batchBytes)));
      const { messages } = (await kafkajs.decode(response)).responses[0]!.partitions[0]!;
      expect(await visible(response)).toEqual(
        messages.map(({ offset, timestamp, key, value, headers }) => ({
          offset: Number(offset),
          timestamp: Number(timestamp),
          key,
          value,
          headers,
        })),
      );
    }),
    { numRuns: 100 },
  );
});

test('gives the offsets that are asked for, also from the middle of a batch', async () => {
  const response = fetchResponse([
    await batchBytes({ records: [record(0), record(1), record(5)] }),
    await batchBytes({ records: [record(6), record(7)], compression: compressionTypes.zstd }),
  ]);
  expect(await offsets(response, 1, 7)).toEqual([1, 5, 6]);
});

test('leaves out a last batch that the broker cut off', async () => {
  const [whole, cut] = [
    await batchBytes({ records: [record(0)] }),
    await batchBytes({ records: [record(1)] }),
  ];
  expect(await offsets(fetchResponse([whole, cut.subarray(0, cut.length - 1)]))).toEqual([0]);
  expect(await offsets(fetchResponse([whole, cut.subarray(0, 20)]))).toEqual([0]);
});

test('times are those of the broker where the topic says so', async () => {
  const batch = await batchBytes({
    records: [
      { ...record(0), timestamp: 10 },
      { ...record(1), timestamp: 30 },
    ],
  });
  const times = async (sent: Buffer) =>
    (await visible(fetchResponse([sent]))).map(({ timestamp }) => timestamp);
  expect(await times(batch)).toEqual([10, 30]);
  expect(await times(withAttribute(batch, 0x08))).toEqual([30, 30]);
});

describe('transactions', () => {
  const written = (producerId: number, ...of: number[]) =>
    batchBytes({ records: of.map((offset) => record(offset)), producerId, transactional: true });

  test('hide their markers, and what was aborted', async () => {
    const response = fetchResponse(
      [
        await written(1, 0, 1),
        await written(2, 2),
        await markerBytes(3, 1, 'abort'),
        await written(1, 4),
        await markerBytes(5, 2, 'commit'),
        await markerBytes(6, 1, 'commit'),
      ],
      [{ producerId: 1, firstOffset: 0 }],
    );
    expect(await offsets(response)).toEqual([2, 4]);
  });

  test('that had all begun before the first batch are hidden alike, whoever comes first', async () => {
    const response = fetchResponse(
      [await written(2, 10), await written(1, 11), await batchBytes({ records: [record(12)] })],
      [
        { producerId: 1, firstOffset: 3 },
        { producerId: 2, firstOffset: 4 },
      ],
    );
    expect(await offsets(response)).toEqual([12]);
  });
});

describe('refuses for good', () => {
  const refused = (batch: Buffer) =>
    expect(visible(fetchResponse([batch]))).rejects.toMatchObject({
      retriable: false,
      message: expect.stringContaining("a batch of records can't be read"),
    });

  test('records of Kafka before 0.11', async () => {
    const batch = await batchBytes({ records: [record(0)] });
    batch[16] = 1;
    await refused(batch);
  });

  test('a batch that says it holds more than it can', async () => {
    const batch = await batchBytes({ records: [record(0)] });
    batch.writeInt32BE(2 ** 30, 57);
    await refused(batch);
  });

  test('records, values and numbers without an end', async () => {
    for (const [at, byte] of [
      [61, 0x7e],
      [61, 0x02],
      [68, 0x7e],
    ] as const) {
      const batch = await batchBytes({ records: [record(0)] });
      batch[at] = byte;
      await refused(batch);
    }
    const endless = Buffer.concat([await batchBytes({ records: [record(0)] })]);
    endless.fill(0xff, 61);
    await refused(endless);
  });
});
