import type { Harness } from '../operators/harness.ts';

/** How a run is killed, and recovered from a checkpoint of its own. */
export interface Death {
  /** How many events the checkpoint has, from which it recovers. */
  readonly saved: number;
  /** How many come behind it, and are lost. */
  readonly further: number;
  /** A checkpoint at each so many; none if 0. */
  readonly cuts: number;
}

/** Pushes all items to their end, with that death on the way. */
export async function endKilled<Item>(
  harness: Harness,
  items: readonly Item[],
  push: (harness: Harness, item: Item) => void,
  { saved, further, cuts }: Death,
): Promise<void> {
  const at = Math.min(saved, items.length);
  const pushAll = (from: number, to: number) => {
    for (let index = from; index < to; index++) {
      push(harness, items[index]!);
      if (cuts > 0 && index % cuts === 0) harness.checkpoint();
    }
  };
  pushAll(0, at);
  const checkpoint = harness.checkpoint();
  for (const item of items.slice(at, at + further)) push(harness, item);
  await harness.recover(checkpoint);
  pushAll(at, items.length);
  harness.end();
}
