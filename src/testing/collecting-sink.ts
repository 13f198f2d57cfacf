import type { Rejection, Sink } from '../component/sink.ts';
import { type Event, identityOf, type JsonObject, type Value } from '../event.ts';
import type { PlannedSink } from '../plan/model.ts';

/** A row as a test sees it: its fields, and `$change`, `$firing`, `$final` where the test asks for them. */
export type Row = JsonObject;

/** A sink that keeps what it is given. */
export class CollectingSink implements Sink {
  readonly concurrency = 1;
  readonly events: Event[] = [];

  async open(): Promise<void> {}

  async write(batch: readonly Event[]): Promise<readonly Rejection[]> {
    this.events.push(...batch);
    return [];
  }

  async prepare(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {}
}

/** What a reader of the sink would find: a table's rows as they are in the end, else everything that was written. */
export function rowsOf(
  events: readonly Event[],
  sink: Pick<PlannedSink, 'mode' | 'spec'> | undefined,
): Event[] {
  if (sink === undefined || (sink.mode !== 'joined' && sink.mode !== 'upsert')) return [...events];
  const table = new Map<string, Event>();
  for (const event of events) {
    const identity = rowIdentity(event, sink.spec.key);
    if (event.change === 'delete') table.delete(identity);
    else table.set(identity, event);
  }
  return [...table.values()];
}

function rowIdentity(event: Event, key: readonly string[]): string {
  if (key.length === 0 || event.value === null) return identityOf(event);
  return JSON.stringify(key.map((field) => String(event.value?.[field] ?? null)));
}

/** The event's row, with these of its `$…` fields; that it takes another back is always told. */
export function rowOf({ value, change, firing, final }: Event, asked: ReadonlySet<string>): Row {
  const about: Record<string, Value> = { $change: change, $firing: firing, $final: final };
  const wanted = Object.entries(about).filter(
    ([name, what]) => asked.has(name) || (name === '$change' && what === 'delete'),
  );
  return { ...value, ...Object.fromEntries(wanted) };
}
