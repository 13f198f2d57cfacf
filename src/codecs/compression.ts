import type { Transform } from 'node:stream';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import type { Format } from '../component/define.ts';
import { SpecError } from '../errors.ts';

export const compressions = ['none', 'gzip'] as const;
export type Compression = (typeof compressions)[number];

const GZIP = /\.(gz|gzip)$/i;
const ZSTD = /\.(zst|zstd)$/i;

const formats: readonly [RegExp, Format][] = [
  [/\.(json|jsonl|ndjson)$/i, 'json'],
  [/\.csv$/i, 'csv'],
  [/\.(txt|text|log)$/i, 'text'],
];

/**
 * What a file's name says of its compression. Throws SpecError for zstd: Node stops after the first of several frames
 * without a word (seen in 24.21), and so would lose what follows.
 */
export function compressionOf(path: string): Compression {
  if (ZSTD.test(path))
    throw new SpecError(`${path}: zstd files are not supported`, {
      hint: 'use gzip, or pipe through zstd: zstd -dc FILE | sluice … --from -',
    });
  return namesGzip(path) ? 'gzip' : 'none';
}

/** Whether a file's name says that it holds gzip. */
export function namesGzip(path: string): boolean {
  return GZIP.test(path);
}

/** What a file's name, less the suffix of a compression, says of its format. */
export function formatOf(path: string): Format | undefined {
  const name = path.replace(GZIP, '');
  return formats.find(([suffix]) => suffix.test(name))?.[1];
}

const gzip = promisify(zlib.gzip);

/** The bytes as a whole gzip member: such pieces, one after the other, are a valid file. */
export async function compress(bytes: Buffer, compression: Compression): Promise<Buffer> {
  return compression === 'gzip' ? gzip(bytes, { level: zlib.constants.Z_BEST_SPEED }) : bytes;
}

/** Undoes gzip, all members of a file, in pieces of up to `chunkSize` bytes. */
export function gunzip(chunkSize: number): Transform {
  return zlib.createGunzip({ chunkSize });
}
