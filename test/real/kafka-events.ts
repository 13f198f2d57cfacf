import { type Change, Event, type JsonObject, type Records } from '../../src/event.ts';

/** An event of a source without keys. */
export function eventOf(
  value: JsonObject | null,
  { id = null as string | null, change = 'upsert' as Change } = {},
) {
  const records = { partition: '0', length: 1, key: () => null, offset: () => 7 } as unknown as Records;
  return new Event(value, null, { source: 'clicks', records, readAt: 0 }, 0, id, change);
}
