import { Aggregates } from '../../src/aggregation/aggregates.ts';
import { compileFormula } from '../../src/aggregation/formula.ts';
import { Event, type Records, type Value } from '../../src/event.ts';

/** Events of one partition with these values, a millisecond apart. */
export function eventsOf(values: readonly Value[]): Event[] {
  return values.map((value, index) => {
    const records = { partition: 'p', length: 1, offset: () => index } as unknown as Records;
    return new Event({ value }, index, { source: 'test', records, readAt: 0 }, 0);
  });
}

/** What an expression gives for events with these values; taken in as groups cut at `cuts`, which are merged. */
export function aggregate(text: string, values: readonly Value[], cuts: readonly number[] = []): Value {
  const aggregates = new Aggregates();
  const result = compileFormula(text, aggregates, { fields: [] });
  const events = eventsOf(values);
  const borders = [0, ...cuts, events.length];
  const whole = aggregates.create();
  for (let index = 1; index < borders.length; index++) {
    const part = aggregates.create();
    for (const event of events.slice(borders[index - 1], borders[index])) {
      aggregates.read(event);
      aggregates.add(part, event);
    }
    aggregates.merge(whole, part);
  }
  return result(whole, {});
}
