import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Format } from '../component/define.ts';

export const compressions = ['none', 'gzip', 'zstd'] as const;
export type Compression = (typeof compressions)[number];

const suffixes: readonly [RegExp, Compression][] = [
  [/\.(gz|gzip)$/i, 'gzip'],
  [/\.(zst|zstd)$/i, 'zstd'],
];

const formats: readonly [RegExp, Format][] = [
  [/\.(json|jsonl|ndjson)$/i, 'json'],
  [/\.csv$/i, 'csv'],
  [/\.(txt|text|log)$/i, 'text'],
];

/** What a file's name says of its compression. */
export function compressionOf(path: string): Compression {
  return suffixes.find(([suffix]) => suffix.test(path))?.[1] ?? 'none';
}

/** What a file's name, less the suffix of a compression, says of its format. */
export function formatOf(path: string): Format | undefined {
  const name = suffixes.reduce((shorter, [suffix]) => shorter.replace(suffix, ''), path);
  return formats.find(([suffix]) => suffix.test(name))?.[1];
}

const gzip = promisify(zlib.gzip);
const zstd = promisify(zlib.zstdCompress);

/** The bytes as a whole member (gzip) or frame (zstd): such pieces, one after the other, are a valid file. */
export async function compress(bytes: Buffer, compression: Compression): Promise<Buffer> {
  if (compression === 'gzip') return gzip(bytes, { level: zlib.constants.Z_BEST_SPEED });
  return compression === 'zstd' ? zstd(bytes) : bytes;
}

/** Undoes the compression, in pieces of up to `chunkSize` bytes. */
export function decompressor(compression: 'gzip' | 'zstd', chunkSize: number): Transform {
  return compression === 'gzip' ? zlib.createGunzip({ chunkSize }) : zlib.createZstdDecompress({ chunkSize });
}
