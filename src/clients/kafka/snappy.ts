import { compress, uncompress } from 'snappy';
import { InflateError, MAX_INFLATED, tooLarge } from './inflate.ts';

/** Java's snappy frames its blocks: this magic, two versions, then blocks with their length before them. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER = 16;
const BLOCK_SIZE = 32 * 1024;

/** Compresses as Kafka's Java clients do: https://github.com/xerial/snappy-java (SnappyOutputStream). */
export async function compressSnappy(data: Buffer): Promise<Buffer> {
  const header = Buffer.alloc(XERIAL_HEADER);
  XERIAL_MAGIC.copy(header);
  header.writeInt32BE(1, 8);
  header.writeInt32BE(1, 12);
  const parts: Buffer[] = [header];
  for (let start = 0; start < data.length; start += BLOCK_SIZE) {
    const block = await compress(data.subarray(start, start + BLOCK_SIZE));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

/** Inflates framed blocks (Java) or one bare block (librdkafka, Go). */
export async function inflateSnappy(data: Buffer): Promise<Buffer> {
  const blocks = data.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC) ? xerialBlocks(data) : [data];
  const inflated = blocks.reduce((total, block) => total + inflatedLength(block), 0);
  if (inflated > MAX_INFLATED) throw tooLarge('snappy');
  return Buffer.concat(await Promise.all(blocks.map((block) => uncompress(block) as Promise<Buffer>)));
}

function xerialBlocks(data: Buffer): Buffer[] {
  const blocks: Buffer[] = [];
  let at = XERIAL_HEADER;
  while (at + 4 <= data.length) {
    const length = data.readInt32BE(at);
    at += 4;
    if (length < 0 || at + length > data.length) throw new InflateError('a snappy batch is cut short');
    blocks.push(data.subarray(at, at + length));
    at += length;
  }
  return blocks;
}

/** A block begins with its inflated length as a varint: https://github.com/google/snappy/blob/main/format_description.txt. */
function inflatedLength(block: Buffer): number {
  let length = 0;
  for (let index = 0; index < 5 && index < block.length; index++) {
    const byte = block[index]!;
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return length;
  }
  throw new InflateError('a snappy batch is damaged');
}
