import { compressFrame, decompressFrame } from 'lz4-napi';
import { InflateError, MAX_INFLATED, tooLarge } from './inflate.ts';

const MAGIC = 0x184d2204;
const FLAGS = { dictionary: 0x01, contentSize: 0x08, blockChecksum: 0x10 } as const;

export function compressLz4(data: Buffer): Promise<Buffer> {
  return compressFrame(data);
}

export async function inflateLz4(frame: Buffer): Promise<Buffer> {
  if (inflatedAtMost(frame) > MAX_INFLATED) throw tooLarge('lz4');
  return decompressFrame(frame);
}

/**
 * The most that a frame can inflate to, from its header and the lengths of its blocks alone.
 * https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md
 */
export function inflatedAtMost(frame: Buffer): number {
  if (frame.length < 7 || frame.readUInt32LE(0) !== MAGIC) throw new InflateError('an lz4 batch is damaged');
  const flags = frame[4]!;
  const blockSize = 2 ** (8 + 2 * ((frame[5]! >> 4) & 7));
  let at = 7 + (flags & FLAGS.contentSize ? 8 : 0) + (flags & FLAGS.dictionary ? 4 : 0);
  let total = 0;
  while (at + 4 <= frame.length) {
    const word = frame.readUInt32LE(at);
    if (word === 0) return total;
    const stored = word >= 0x80000000;
    const length = word & 0x7fffffff;
    // A byte of lz4 can stand for 255 at the very most.
    total += stored ? length : Math.min(blockSize, length * 255);
    at += 4 + length + (flags & FLAGS.blockChecksum ? 4 : 0);
  }
  throw new InflateError('an lz4 batch is cut short');
}
