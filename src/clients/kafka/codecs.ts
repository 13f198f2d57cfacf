import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { messageOf } from '../../errors.ts';
import { InflateError, MAX_INFLATED, tooLarge } from './inflate.ts';
import { CompressionCodecs, CompressionTypes } from './kafkajs.ts';
import { compressLz4, inflateLz4 } from './lz4.ts';
import type { Compression } from './options.ts';
import { compressSnappy, inflateSnappy } from './snappy.ts';

const gzip = promisify(zlib.gzip);
const gunzip = promisify(zlib.unzip);
const zstd = promisify(zlib.zstdCompress);
const unzstd = promisify(zlib.zstdDecompress);

/** Larger than zlib's own 16 KiB, which costs a buffer for every few records. */
const bounded = { maxOutputLength: MAX_INFLATED, chunkSize: 256 * 1024 };

export const compressionTypes: Readonly<Record<Compression, number>> = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

type Inflate = (data: Buffer) => Promise<Buffer>;

const inflaters = new Map<number, Inflate>();

/** What inflates a batch with such a code of compression; undefined for 0, which is none. Rejects with InflateError. */
export function inflaterFor(code: number): Inflate | undefined {
  const inflate = inflaters.get(code);
  if (inflate === undefined && code !== 0)
    throw new InflateError(`a batch is compressed in a new way, ${code}`);
  return inflate;
}

/** Teaches kafkajs, which has gzip alone, every codec of Kafka's, each bounded in what a batch may inflate to. */
export function registerCodecs(): void {
  register(
    'gzip',
    (data) => gzip(data),
    (data) => gunzip(data, bounded),
  );
  register('snappy', compressSnappy, inflateSnappy);
  register('lz4', compressLz4, inflateLz4);
  register(
    'zstd',
    (data) => zstd(data),
    (data) => unzstd(data, bounded),
  );
}

function register(
  name: Exclude<Compression, 'none'>,
  compress: (data: Buffer) => Promise<Buffer>,
  inflate: Inflate,
): void {
  const decompress = (data: Buffer) => inflate(data).catch((error: unknown) => refuse(name, error));
  inflaters.set(compressionTypes[name], decompress);
  CompressionCodecs[compressionTypes[name] as keyof typeof CompressionCodecs] = () => ({
    compress: (encoder: { readonly buffer: Buffer }) => compress(encoder.buffer),
    decompress,
  });
}

function refuse(name: string, error: unknown): never {
  if (error instanceof InflateError) throw error;
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(name);
  throw new InflateError(`a ${name} batch can't be inflated: ${messageOf(error)}`);
}
