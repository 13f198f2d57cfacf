import type { Event, Value } from '../event.ts';
import { compareTexts } from '../expression/compare.ts';
import { type TypeName, typeOf } from '../expression/values.ts';
import { textOfValue } from './identity.ts';

/** Values of different types can meet in a group; as in SQLite, the type decides then. */
const ranks: Readonly<Record<TypeName, number>> = {
  NULL: 0,
  boolean: 1,
  number: 2,
  timestamp: 3,
  text: 4,
  array: 5,
  object: 6,
};

/** A total order of all values: negative, 0 or positive. Within a type it is the order of `<`. */
export function compareAny(left: Value, right: Value): number {
  if (isNumeric(left) && isNumeric(right)) return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, right);
  const difference = ranks[typeOf(left)] - ranks[typeOf(right)];
  if (difference !== 0) return difference;
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
  if (typeof left === 'boolean') return Number(left) - Number(right);
  return left === null ? 0 : compareTexts(textOfValue(left), textOfValue(right));
}

function isNumeric(value: Value): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** Where an event stands among others: by its time, then its partition, then its offset. */
export interface Place {
  readonly time: number;
  readonly partition: string;
  readonly offset: number;
}

export function placeOf(event: Event): Place {
  const { records } = event.origin;
  const time = event.time ?? Number.NEGATIVE_INFINITY;
  // A result has no offset, but an identity of its own.
  if (event.id !== null) return { time, partition: event.id, offset: 0 };
  return { time, partition: records.partition, offset: records.offset(event.index) };
}

export function comparePlaces(left: Place, right: Place): number {
  if (left.time !== right.time) return left.time < right.time ? -1 : 1;
  if (left.partition !== right.partition) return left.partition < right.partition ? -1 : 1;
  return left.offset - right.offset;
}
