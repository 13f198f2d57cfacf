import { type Change, Event, type JsonObject, type Records } from '../../src/event.ts';

/** Events of one source, at the positions 0, 1, 2 …, with these values. */
export function eventsOf(values: readonly (JsonObject | null)[], change: Change = 'upsert'): Event[] {
  const origin = { source: 'test', records: recordsOf(values), readAt: 0 };
  return values.map((value, index) => new Event(value, null, origin, index, null, change));
}

function recordsOf(values: readonly (JsonObject | null)[]): Records {
  const text = (index: number) => JSON.stringify(values[index]);
  return {
    partition: '0',
    length: values.length,
    text,
    bytes: (index) => Buffer.from(text(index)),
    size: (index) => text(index).length,
    key: () => null,
    headers: () => ({}),
    timestamp: () => null,
    offset: (index) => index,
    next: (index) => index + 1,
  };
}
