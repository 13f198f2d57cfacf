import type { Millis } from '../../clock.ts';
import type { Result } from '../../component/operator.ts';
import { SpecError } from '../../errors.ts';
import { Event, identityOf, type JsonObject } from '../../event.ts';

/** What a module gave for an event: it has the event's time and record. */
export function resultsOf(event: Event, given: readonly JsonObject[]): readonly Event[] {
  if (given.length === 0) return [];
  const { time, origin, index } = event;
  const identity = identityOf(event);
  return given.map((value, number) => new Event(value, time, origin, index, `${identity}#${number}`));
}

/** What a module gave for a key's timer: it has the timer's time. `key` is the key as text. */
export function resultsOfTimer(
  { node, key, at }: { readonly node: string; readonly key: string; readonly at: Millis },
  given: readonly JsonObject[],
): readonly Result[] {
  return given.map((value, number) => ({ value, time: at, id: `${node}/${at}/${key}#${number}` }));
}

/** No event is to blame for a timer that fails, so there is nothing to make a dead letter of. */
export function timerFailure(error: Error, file: string): Error {
  if (error instanceof SpecError) return error;
  return new SpecError(`the module's timer fails: ${error.message}`, { place: file });
}
