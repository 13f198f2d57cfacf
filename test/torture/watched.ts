import type { CheckpointStore, Lease } from '../../src/checkpoint/store.ts';
import type { JoinedSink, Sink, StagedSink } from '../../src/component/sink.ts';
import type { Event } from '../../src/event.ts';
import { overriding } from './overriding.ts';
import type { Points } from './points.ts';

/** A store that passes the points around what it does. */
export function watchedStore(store: CheckpointStore, points: Points): CheckpointStore {
  return overriding(store, {
    async acquire(job) {
      const lease = await store.acquire(job);
      points.pass('after acquire');
      return watchedLease(lease, points);
    },
  });
}

function watchedLease(lease: Lease, points: Points): Lease {
  return overriding(lease, {
    async *loadState(number) {
      points.pass('while loading state');
      for await (const part of lease.loadState(number)) {
        yield part;
        points.pass('while loading state');
      }
    },
    async save(checkpoint, effects) {
      points.pass('before save');
      const saved = await lease.save(checkpoint, {
        ...effects,
        join(transaction) {
          const joined = effects.join?.(transaction) ?? { letters: [], counters: {} };
          points.pass('inside save');
          return joined;
        },
      });
      points.pass('after save');
      return saved;
    },
  });
}

/** A sink that passes the points around what it does. */
export function watchedSink(sink: Sink, points: Points): Sink {
  return overriding<Sink>(sink, {
    open: (last, host) => around(points, 'open', () => sink.open(last, host)),
    async write(batch, signal) {
      points.pass('before write');
      if (points.isNext('inside write')) await sink.write(firstHalf(batch), signal);
      points.pass('inside write');
      const rejections = await sink.write(batch, signal);
      points.pass('after write');
      return rejections;
    },
    prepare: () => around(points, 'flush', () => sink.prepare()),
    committed: (token) => around(points, 'commit', async () => sink.committed?.(token)),
  });
}

export function watchedJoinedSink(sink: JoinedSink, points: Points): JoinedSink {
  return overriding<JoinedSink>(sink, {
    open: (host) => around(points, 'open', () => sink.open(host)),
    apply(batch, transaction) {
      points.pass('before write');
      if (points.isNext('inside write')) sink.apply(firstHalf(batch), transaction);
      points.pass('inside write');
      const rejections = sink.apply(batch, transaction);
      points.pass('after write');
      return rejections;
    },
  });
}

/** For a staged sink, to commit is to deliver. */
export function watchedStagedSink(sink: StagedSink, points: Points): StagedSink {
  return overriding<StagedSink>(sink, {
    open: (last, host) => around(points, 'open', () => sink.open(last, host)),
    deliver: (interval, batches, signal) =>
      around(points, 'commit', () => sink.deliver(interval, dyingInside(batches, points), signal)),
  });
}

/** The rows, with the point inside of the delivery after the first batch of them. */
function dyingInside(batches: Iterable<readonly Event[]>, points: Points): Iterable<readonly Event[]> {
  return {
    *[Symbol.iterator]() {
      for (const batch of batches) {
        yield batch;
        points.pass('inside commit');
      }
    },
  };
}

async function around<Result>(
  points: Points,
  what: 'open' | 'flush' | 'commit',
  act: () => Promise<Result>,
): Promise<Result> {
  points.pass(`before ${what}`);
  const result = await act();
  points.pass(`after ${what}`);
  return result;
}

function firstHalf(batch: readonly Event[]): readonly Event[] {
  return batch.slice(0, Math.ceil(batch.length / 2));
}
