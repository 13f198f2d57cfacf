import type { DeadLetter, LetterStatus } from '../checkpoint/dead-letter.ts';
import type { LetterFates } from '../runtime/ongoing-replay.ts';
import type { ReplayRequest } from '../runtime/replay-request.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import { exact, plural } from './format.ts';
import { selectionWords } from './letters.ts';
import { quoted } from './summary.ts';
import { table } from './table.ts';
import { displayable } from './text.ts';

/** What became of the letters, with the names that `--json` has. */
export interface ReplayResult {
  readonly job: string;
  readonly letters: number;
  readonly replayed: number;
  readonly failed_again: number;
  readonly quarantined: number;
  /** Of those that failed again, how often one came too late for its window. */
  readonly late: number;
}

/** Of `letters` letters `done` went in. */
export function replayResult(
  job: string,
  { letters, done }: { readonly letters: number; readonly done: number },
  { failedAgain, quarantined, late }: LetterFates,
): ReplayResult {
  return { job, letters, replayed: done - failedAgain, failed_again: failedAgain, quarantined, late };
}

/** The same for a person. */
export function replayReport(result: ReplayResult, goOn: string): string {
  const { job, letters, replayed, failed_again, quarantined, late } = result;
  const name = quoted(displayable(job));
  const left = letters - replayed - failed_again;
  if (letters === 0)
    return `what an earlier replay of job ${name} had saved is delivered; no dead letter was left\n`;
  const lines = [`replayed ${exact(replayed)} of ${plural(letters, 'dead letter')} of job ${name}`];
  if (failed_again > 0) {
    lines.push(`  ${exact(failed_again)} failed again, ${exact(quarantined)} of them are in quarantine`);
    if (late > 0)
      lines.push(
        `  ${exact(late)} came too late for their windows: a new run, with --restart, has them in time`,
      );
    lines.push(`  look at them with sluice dlq list ${name}`);
  }
  if (left > 0) lines.push(`  ${exact(left)} are left: go on with ${goOn}`);
  return lines.map((line) => `${line}\n`).join('');
}

/** That no letter is to be replayed; of `all` that the job has, how many others there are, and how to come by them. */
export function nothingFits(job: string, flags: FlagValues, all: readonly DeadLetter[]): string {
  const count = (status: LetterStatus) => all.filter((letter) => letter.status === status).length;
  const [waiting, quarantined] = [count('waiting'), count('quarantined')];
  const others: string[] = [];
  if (waiting > 0) others.push(`${exact(waiting)} waiting`);
  if (quarantined > 0)
    others.push(`${exact(quarantined)} quarantined${flags.quarantined === true ? '' : ' (--quarantined)'}`);
  const name = displayable(job);
  const look =
    others.length === 0 ? '' : `; it has ${others.join(' and ')}: sluice dlq list ${quoted(name)} --count`;
  return `job ${name} has no dead letters to replay${selectionWords(flags)}${look}\n`;
}

/** Which letter would go where. */
export function itinerary(letters: readonly DeadLetter[], { target, into }: ReplayRequest): string {
  const placeOf = ({ source, node }: DeadLetter) =>
    target === 'sink' ? `the sink (${into!.type})` : target === 'start' ? source : node;
  return table(
    ['id', 'reason', 'attempts', 'goes into'],
    letters.map((letter) => [
      displayable(letter.id),
      displayable(letter.error.code),
      exact(letter.attempts),
      displayable(placeOf(letter)),
    ]),
  );
}
