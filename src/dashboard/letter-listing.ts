import type { StateDirectory } from '../checkpoint/home.ts';
import { systemClock } from '../clock.ts';
import { withLetters } from '../runtime/letter-home.ts';
import { selected, selectionOf } from '../runtime/letter-selection.ts';
import { countLetters, type ListedLetters } from '../runtime/listing.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import { duration, exact } from './format.ts';
import { letterCounts, letterJson, letterTable, noLetters } from './letters.ts';
import { table } from './table.ts';
import { displayable } from './text.ts';

const goOn = 'sluice dlq list NAME lists those of one job; sluice replay-dlq NAME sends them back\n';

/** Prints the letters of a job, given by its name or by the URI of where they are, as far as the flags mean them. */
export function listLetters(nameOrUri: string, flags: FlagValues, home: StateDirectory): Promise<void> {
  const selection = selectionOf(flags, systemClock);
  return withLetters(nameOrUri, home, async ({ job, letters: all }) => {
    const letters = await selected(all, selection);
    if (flags.json === true) for (const letter of letters) process.stdout.write(letterJson(letter));
    else if (letters.length === 0) process.stderr.write(noLetters(job, flags));
    else process.stdout.write(flags.count === true ? letterCounts(letters) : letterTable(letters));
  });
}

/** Prints which jobs have letters, and how many. */
export async function listJobsWithLetters(flags: FlagValues, home: StateDirectory): Promise<void> {
  const counted = await countLetters(home, selectionOf(flags, systemClock));
  const jobs = counted.filter(({ lastAt, trouble }) => lastAt !== null || trouble !== null);
  if (flags.json === true) {
    for (const job of jobs) process.stdout.write(`${JSON.stringify(job)}\n`);
  } else if (jobs.length === 0) {
    process.stderr.write(noLetters(undefined, flags));
  } else {
    process.stdout.write(jobTable(jobs));
    process.stderr.write(goOn);
  }
}

function jobTable(jobs: readonly ListedLetters[]): string {
  return table(
    ['job', 'waiting', 'quarantined', 'replayed', 'newest'],
    jobs.map(({ job, waiting, quarantined, replayed, lastAt, trouble }) =>
      trouble === null
        ? [
            displayable(job),
            exact(waiting),
            exact(quarantined),
            exact(replayed),
            `${duration(systemClock.now() - lastAt!)} ago`,
          ]
        : [displayable(job), '–', '–', '–', `unknown: ${displayable(trouble)}`],
    ),
  );
}
