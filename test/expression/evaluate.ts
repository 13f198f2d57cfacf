import { Event, type JsonObject, type Records, type Value } from '../../src/event.ts';
import { compileScalar } from '../../src/expression/compile.ts';
import { parseExpression } from '../../src/expression/parse.ts';

/** A record of the Kafka topic `clicks`, partition 3, offset 42, key `k1`. */
const records: Records = {
  partition: 'clicks/3',
  length: 1,
  text: () => null,
  bytes: () => null,
  size: () => 0,
  key: () => new TextEncoder().encode('k1'),
  headers: () => ({ trace: new TextEncoder().encode('abc'), many: ['x', new TextEncoder().encode('y')] }),
  timestamp: () => 1_767_225_600_000,
  offset: () => 42,
  next: () => 43,
};

export function eventOf(value: JsonObject | null, source: Partial<Records> = {}): Event {
  return new Event(value, null, { source: 'test', records: { ...records, ...source }, readAt: 0 }, 0);
}

/** What the expression gives for an event of this value. */
export function evaluate(text: string, value: JsonObject | null = {}): Value {
  return compileScalar(parseExpression(text))(eventOf(value));
}
