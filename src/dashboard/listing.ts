import type { StateDirectory } from '../checkpoint/home.ts';
import { systemClock } from '../clock.ts';
import { findJob } from '../runtime/known-jobs.ts';
import {
  type ListedCheckpoint,
  type ListedJob,
  type ListedPosition,
  listCheckpoints,
  listJobs,
} from '../runtime/listing.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import { bytes, duration, exact } from './format.ts';
import { table } from './table.ts';
import { displayable } from './text.ts';

/** The checkpoints of one job, or all jobs, as a table or, with `--json`, a line of JSON each. */
export async function printCheckpoints(
  nameOrFile: string | undefined,
  flags: FlagValues,
  home: StateDirectory,
): Promise<string> {
  if (nameOrFile === undefined) {
    const jobs = await listJobs(home);
    return flags.json === true ? jsonLines(jobs) : jobTable(jobs);
  }
  const checkpoints = await listCheckpoints(await findJob(nameOrFile, {}, home));
  return flags.json === true ? jsonLines(checkpoints) : checkpointTable(checkpoints);
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
      if (damage !== null) return [[exact(number), '–', '–', '–', 'damaged', displayable(damage), '']];
      const head = [exact(number), age(createdAt), bytes(size), exact(keys)];
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
