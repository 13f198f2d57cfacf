import { placeOf, type StateDirectory } from '../checkpoint/home.ts';
import { systemClock } from '../clock.ts';
import { findPlace, type JobPlace, noCheckpoints } from '../runtime/known-jobs.ts';
import {
  type ListedCheckpoint,
  type ListedJob,
  type ListedPosition,
  listCheckpoints,
  listJobs,
} from '../runtime/listing.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import { bytes, duration, exact } from './format.ts';
import { recoverCommand } from './summary.ts';
import { table } from './table.ts';
import { displayable } from './text.ts';

export interface Listing {
  /** A table or, with `--json`, a line of JSON each. */
  readonly text: string;
  /** What can be done where not all is well. */
  readonly advice?: string;
}

/** The checkpoints of one job, or all jobs. Throws SpecError for a job that has none. */
export async function listingOf(
  nameOrFile: string | undefined,
  flags: FlagValues,
  home: StateDirectory,
): Promise<Listing> {
  if (nameOrFile === undefined) {
    const jobs = await listJobs(home);
    return { text: flags.json === true ? jsonLines(jobs) : jobTable(jobs) };
  }
  const place = await findPlace(nameOrFile, home);
  const checkpoints = await listCheckpoints(place);
  if (checkpoints.length === 0) throw noCheckpoints(place.name);
  const text = flags.json === true ? jsonLines(checkpoints) : checkpointTable(checkpoints);
  return { text, ...adviceOn(place, checkpoints) };
}

function adviceOn({ name, location }: JobPlace, checkpoints: readonly ListedCheckpoint[]): Partial<Listing> {
  if (checkpoints[0]?.damage === null) return {};
  const readable = checkpoints.find(({ damage }) => damage === null);
  const advice =
    readable === undefined
      ? `none of them can be read: put a copy of ${placeOf(location)} back, or start the job afresh with --restart`
      : `${recoverCommand(name)} goes on from checkpoint ${readable.number}`;
  return { advice: displayable(advice) };
}

function jsonLines(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

function jobTable(jobs: readonly ListedJob[]): string {
  if (jobs.length === 0) return 'no job ran here yet\n';
  return table(
    ['job', 'status', 'checkpoint', 'age', 'kept in'],
    jobs.map(({ job, newest, place, trouble }) => [
      displayable(job),
      newest?.status ?? (trouble === null ? 'not begun' : 'unknown'),
      newest === undefined ? '–' : exact(newest.number),
      newest === undefined ? '–' : age(newest.createdAt),
      displayable(trouble === null ? place : `${place} (${trouble})`),
    ]),
  );
}

function checkpointTable(checkpoints: readonly ListedCheckpoint[]): string {
  return table(
    ['checkpoint', 'age', 'size', 'keys', 'status', 'position', 'lag'],
    checkpoints.flatMap((checkpoint) => {
      const { number, createdAt, bytes: size, keys, status, damage, positions } = checkpoint;
      // Of a record that can't be read at all, not even its time is known.
      const known = createdAt > 0 ? [age(createdAt), bytes(size)] : ['–', '–'];
      if (damage !== null) return [[exact(number), ...known, '–', 'damaged', displayable(damage), '']];
      const head = [exact(number), ...known, exact(keys)];
      const [first, ...others] = positions.map(positionCells);
      return [
        [...head, status, ...(first ?? ['nothing read', ''])],
        ...others.map((cells) => ['', '', '', '', '', ...cells]),
      ];
    }),
  );
}

function positionCells({ source, partition, position, lag }: ListedPosition): string[] {
  return [
    `${displayable(source)} ${displayable(partition)} at ${exact(position)}`,
    lag === null ? '–' : exact(lag),
  ];
}

function age(createdAt: number): string {
  return duration(systemClock.now() - createdAt);
}
