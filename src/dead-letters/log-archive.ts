import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import { byAge, matches } from '../checkpoint/letter-query.ts';
import { SpecError } from '../errors.ts';
import type { LetterArchive } from './archive.ts';

/** Letters as they were read from where one is written for each failure: the last of an id counts. */
export function archiveOf(place: string, failures: readonly DeadLetter[]): LetterArchive {
  const letters = new Map(failures.map((letter) => [JSON.stringify([letter.job, letter.id]), letter]));
  return {
    jobs: async () => [...new Set(failures.map(({ job }) => job))].sort(),
    of: (job) => ({
      async *list(query) {
        const own = [...letters.values()].filter((letter) => letter.job === job && matches(letter, query));
        yield* own.sort(byAge);
      },
      async purge() {
        throw new SpecError('letters can not be removed from there one by one', {
          place,
          hint: "purge the job's own ones, by its name",
        });
      },
    }),
    close: async () => {},
  };
}
