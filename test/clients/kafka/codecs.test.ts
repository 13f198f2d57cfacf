import zlib from 'node:zlib';
import { compress } from 'snappy';
import { describe, expect, test } from 'vitest';
import { compressionTypes, registerCodecs } from '../../../src/clients/kafka/codecs.ts';
import { MAX_INFLATED } from '../../../src/clients/kafka/inflate.ts';
import { CompressionCodecs } from '../../../src/clients/kafka/kafkajs.ts';
import { compressLz4, inflatedAtMost } from '../../../src/clients/kafka/lz4.ts';
import type { Compression } from '../../../src/clients/kafka/options.ts';

registerCodecs();

interface Codec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>;
  decompress(data: Buffer): Promise<Buffer>;
}

function codec(name: Compression): Codec {
  return CompressionCodecs[compressionTypes[name] as 1]() as Codec;
}

const text = Buffer.from('{"user":"ä€😀"} and plain text, '.repeat(10_000));

describe.each(['gzip', 'snappy', 'lz4', 'zstd'] as const)('codec %s', (name) => {
  test('gives back what it was given', async () => {
    const { compress, decompress } = codec(name);
    for (const data of [text, Buffer.from('x'), Buffer.alloc(0)]) {
      expect(Buffer.compare(await decompress(await compress({ buffer: data })), data)).toBe(0);
    }
    expect((await compress({ buffer: text })).length).toBeLessThan(text.length / 10);
  });

  test('refuses damaged data, and kafkajs need not try again', async () => {
    const damaged = (await codec(name).compress({ buffer: text })).subarray(0, 40);
    await expect(codec(name).decompress(damaged)).rejects.toMatchObject({
      message: expect.stringContaining(name),
      retriable: false,
    });
  });

  test('refuses what inflates without bound', async () => {
    await expect(codec(name).decompress(await bomb(name))).rejects.toMatchObject({
      message: `a ${name} batch inflates to more than 256 MiB: it is damaged or hostile`,
      retriable: false,
    });
  });
});

test('snappy without frames, as librdkafka writes it, is read too', async () => {
  expect(Buffer.compare(await codec('snappy').decompress(await compress(text)), text)).toBe(0);
});

test('the bound of an lz4 frame is near its real size', async () => {
  const bound = inflatedAtMost(await compressLz4(text));
  expect(bound).toBeGreaterThanOrEqual(text.length);
  expect(bound).toBeLessThan(text.length + 4 * 1024 * 1024);
});

async function bomb(name: Compression): Promise<Buffer> {
  const zeros = Buffer.alloc(MAX_INFLATED + 1024 * 1024);
  if (name === 'gzip') return zlib.gzipSync(zeros, { level: 1 });
  if (name === 'zstd') return zlib.zstdCompressSync(zeros);
  return name === 'lz4' ? compressLz4(zeros) : compress(zeros);
}
