import type { LetterStatus } from '../checkpoint/dead-letter.ts';
import { placeOf, type StateDirectory, type StoreLocation } from '../checkpoint/home.ts';
import type { Checkpoint, CheckpointHead, CheckpointStore } from '../checkpoint/store.ts';
import { type Millis, systemClock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { PartitionId } from '../event.ts';
import { mayExist, withStore } from './checkpoints.ts';
import type { JobPlace } from './known-jobs.ts';
import type { LetterSelection } from './letter-selection.ts';

export interface ListedPosition {
  readonly source: string;
  readonly partition: PartitionId;
  readonly position: number;
  /** To the end that the source had when it was opened, as positions count; null if it has none. */
  readonly lag: number | null;
}

export interface ListedCheckpoint extends CheckpointHead {
  /** Why it can't be read; null if it can. */
  readonly damage: string | null;
  readonly positions: readonly ListedPosition[];
  /** Keys of state in all. */
  readonly keys: number;
}

/** The kept checkpoints of a job, the newest first, damaged ones too. */
export async function listCheckpoints({ name, location }: JobPlace): Promise<readonly ListedCheckpoint[]> {
  if (!mayExist(location)) return [];
  return withListStore(location, async (store) => {
    const heads = await store.list(name);
    return Promise.all(heads.map((head) => listed(store, name, head)));
  });
}

export interface ListedJob {
  readonly job: string;
  /** Its newest checkpoint; undefined if it has none. */
  readonly newest: CheckpointHead | undefined;
  readonly place: string;
  /** Why its checkpoints can't be listed; null if they can. */
  readonly trouble: string | null;
}

/** Every job that was started here. */
export async function listJobs(home: StateDirectory): Promise<readonly ListedJob[]> {
  const jobs = home.jobs().map(async (job) => {
    const location = home.find(job)!;
    const known = { job, place: placeOf(location) };
    try {
      const heads = mayExist(location) ? await withListStore(location, (store) => store.list(job)) : [];
      return { ...known, newest: heads[0], trouble: null };
    } catch (error) {
      return { ...known, newest: undefined, trouble: messageOf(error) };
    }
  });
  return Promise.all(jobs);
}

/** How many dead letters a job has, by what became of them. */
export interface ListedLetters extends Readonly<Record<LetterStatus, number>> {
  readonly job: string;
  /** When the newest of them failed; null if there are none. */
  readonly lastAt: Millis | null;
  /** Why they can't be counted; null if they can. */
  readonly trouble: string | null;
}

/** The letters of every job that was started here, as far as they are meant. */
export async function countLetters(
  home: StateDirectory,
  { query, accepts }: LetterSelection,
): Promise<readonly ListedLetters[]> {
  const jobs = home.jobs().map(async (job) => {
    const location = home.find(job)!;
    const counted = { job, waiting: 0, quarantined: 0, replayed: 0, lastAt: null as Millis | null };
    try {
      if (!mayExist(location)) return { ...counted, trouble: null };
      await withListStore(location, async (store) => {
        for await (const letter of store.letters(job).list(query)) {
          if (!accepts(letter)) continue;
          counted[letter.status]++;
          counted.lastAt = Math.max(counted.lastAt ?? 0, letter.lastAt);
        }
      });
      return { ...counted, trouble: null };
    } catch (error) {
      return { ...counted, trouble: messageOf(error) };
    }
  });
  return Promise.all(jobs);
}

function withListStore<Result>(
  location: StoreLocation,
  use: (store: CheckpointStore) => Promise<Result>,
): Promise<Result> {
  return withStore(location, { clock: systemClock, notice: () => {} }, use);
}

async function listed(store: CheckpointStore, job: string, head: CheckpointHead): Promise<ListedCheckpoint> {
  try {
    const checkpoint = await store.load(job, head.number);
    const keys = Object.values(checkpoint.keys).reduce((sum, held) => sum + held, 0);
    return { ...head, damage: null, positions: positionsIn(checkpoint), keys };
  } catch (error) {
    return { ...head, damage: messageOf(error), positions: [], keys: 0 };
  }
}

function positionsIn({ sources }: Checkpoint): ListedPosition[] {
  return Object.entries(sources).flatMap(([source, { positions, ends = {} }]) =>
    [...new Set([...Object.keys(positions), ...Object.keys(ends)])].map((partition) => {
      const position = positions[partition] ?? 0;
      const end = ends[partition];
      return { source, partition, position, lag: end === undefined ? null : Math.max(0, end - position) };
    }),
  );
}
