import type { CheckpointStore, Lease } from '../../src/checkpoint/store.ts';
import type { Sink } from '../../src/component/sink.ts';
import type { Event } from '../../src/event.ts';
import { overriding } from './overriding.ts';

/** Mistakes that an engine could make; the campaign must see each of them. */
export type Breakage = 'no flush before save' | 'positions before rows' | 'no epoch check';

const never = new AbortController().signal;

/** A sink that says it has written what it only holds, and writes it when it is too late. */
export function brokenSink(sink: Sink, breakage: Breakage | undefined): Sink {
  const held: (readonly Event[])[] = [];
  const writeHeld = async (left: number) => {
    while (held.length > left) await sink.write(held.shift()!, never);
  };
  const holding: Partial<Sink> = {
    async write(batch) {
      held.push(batch);
      return [];
    },
    async close() {
      await writeHeld(0);
      await sink.close();
    },
  };
  switch (breakage) {
    case 'no flush before save':
      return overriding<Sink>(sink, {
        ...holding,
        async prepare() {
          await writeHeld(1);
          return sink.prepare();
        },
      });
    case 'positions before rows':
      return overriding<Sink>(sink, { ...holding, committed: () => writeHeld(0) });
    default:
      return sink;
  }
}

/** A store whose leases take the job again where they are told that it is another's. */
export function brokenStore(store: CheckpointStore, breakage: Breakage | undefined): CheckpointStore {
  if (breakage !== 'no epoch check') return store;
  return overriding(store, {
    acquire: async (job) => unfenced(store, job, await store.acquire(job)),
  });
}

function unfenced(store: CheckpointStore, job: string, lease: Lease): Lease {
  return overriding(lease, {
    async save(checkpoint, effects) {
      const saved = await lease.save(checkpoint, effects);
      if (saved !== 'fenced') return saved;
      const again = await store.acquire(job);
      return again.save({ ...checkpoint, epoch: again.epoch }, effects);
    },
  });
}
