import type { Event } from '../event.ts';

/** Takes one event, synchronously. */
export type Receiver = (event: Event) => void;

/** Undoes an earlier connection. */
export function remove(receiver: Receiver, from: Receiver[] = []): void {
  const index = from.indexOf(receiver);
  if (index !== -1) from.splice(index, 1);
}
