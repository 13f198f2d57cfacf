/** Numbers in the bytes of Cassandra's native protocol, big-endian. */

export function int64(value: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

/** As `int64`, for an integer that a double holds exactly. */
export function int64OfNumber(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeInt32BE(Math.floor(value / 2 ** 32), 0);
  bytes.writeUInt32BE(value >>> 0, 4);
  return bytes;
}

/** Two's complement in as few bytes as it takes. */
export function varint(value: bigint): Buffer {
  const magnitude = value < 0n ? ~value : value;
  const bits = magnitude === 0n ? 0 : magnitude.toString(2).length;
  const length = Math.floor(bits / 8) + 1;
  return Buffer.from(
    BigInt.asUintN(length * 8, value)
      .toString(16)
      .padStart(length * 2, '0'),
    'hex',
  );
}

/** `unscaled × 10^-scale`. */
export function decimal(unscaled: bigint, scale: number): Buffer {
  const head = Buffer.allocUnsafe(4);
  head.writeInt32BE(scale);
  return Buffer.concat([head, varint(unscaled)]);
}

/** Days since the epoch; the wire counts from 2^31 days before it. */
export function dateOfDays(days: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(days + 2 ** 31);
  return bytes;
}
