import { Event, identityOf } from '../event.ts';
import type { PlannedInput } from '../plan/model.ts';
import type { Narrowing } from './narrowing.ts';
import type { Receiver } from './receiver.ts';

/**
 * What comes in by an input and may come in by another one too is told apart by the input's name behind its identity. Of a
 * replayed event only that goes on which was refused.
 */
export function marked(
  { node, port, isShared }: PlannedInput,
  narrowing: Narrowing,
  receive: Receiver,
): Receiver {
  if (!isShared) return receive;
  const mark = port === null ? `#${node}` : `#${node}.${port}`;
  return (event) => {
    const { value, time, origin, index, change, firing, final } = event;
    const id = `${identityOf(event)}${mark}`;
    const told = new Event(value, time, origin, index, id, change, firing, final);
    if (!narrowing.isActive || narrowing.isWanted(told)) receive(told);
  };
}
