import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import { systemClock } from '../clock.ts';
import { encodeValue } from '../codecs/json.ts';
import { envelopeOf } from '../dead-letters/envelope.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import { duration, exact } from './format.ts';
import { quoted } from './summary.ts';
import { table } from './table.ts';
import { cut, displayable } from './text.ts';

const MESSAGE_COLUMNS = 60;
const BYTES_SHOWN = 4000;
/** The flags that say which letters are meant; a limit keeps none away. */
const selecting = ['reason', 'node', 'since', 'until', 'where', 'status'];

/** Letters as a table for a person. */
export function letterTable(letters: readonly DeadLetter[]): string {
  return table(
    ['id', 'status', 'node', 'reason', 'attempts', 'age', 'message'],
    letters.map((letter) => [
      displayable(letter.id),
      letter.status,
      displayable(nodeOf(letter)),
      displayable(letter.error.code),
      exact(letter.attempts),
      duration(systemClock.now() - letter.lastAt),
      cut(displayable(letter.error.message), MESSAGE_COLUMNS),
    ]),
  );
}

/** How many letters there are of each kind, most first. */
export function letterCounts(letters: readonly DeadLetter[]): string {
  const kinds = Map.groupBy(letters, ({ status, node, error }) => JSON.stringify([node, error.code, status]));
  const counted = [...kinds].sort(([, one], [, other]) => other.length - one.length);
  return table(
    ['node', 'reason', 'status', 'letters'],
    counted.map(([kind, of]) => [...JSON.parse(kind).map(displayable), exact(of.length)]),
  );
}

/** That there are none; of all jobs, if undefined. */
export function noLetters(job: string | undefined, flags: FlagValues): string {
  const whose = job === undefined ? 'no job here has' : `job ${displayable(job)} has no`;
  return `${whose} dead letters${selectionWords(flags)}\n`;
}

/** ` with --reason cast --since 2h`: the flags that say which letters are meant; empty if all are. */
export function selectionWords(flags: FlagValues): string {
  const given = selecting.flatMap((name) =>
    [flags[name] ?? []].flat().map((value) => `--${name} ${quoted(displayable(String(value)))}`),
  );
  return given.length === 0 ? '' : ` with ${given.join(' ')}`;
}

/** All that is known of a letter, for a person. */
export function letterPage(letter: DeadLetter): string {
  const { source, partition, position, error, attempts, firstAt, lastAt, headers, key } = letter;
  const rows: [string, string][] = [
    ['id', letter.id],
    ['status', letter.status],
    ['node', nodeOf(letter)],
    ['reason', `${error.code}${error.retryable ? ', may pass later' : ''}`],
    ['message', error.message],
    ['attempts', `${attempts}, first ${timeOf(firstAt)}, last ${timeOf(lastAt)}`],
    ['record', `${source} ${partition} at ${position}`],
    ...(key === null ? [] : [['key', textOf(key)] as [string, string]]),
    ...Object.entries(headers).map(([name, value]): [string, string] => [`header ${name}`, value]),
    ...(letter.event === null ? [] : [['event', encodeValue(letter.event.value)] as [string, string]]),
    ['bytes', letter.bytes === null ? 'none: a tombstone' : textOf(letter.bytes)],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)} ${displayable(value)}\n`).join('');
}

/** One line of JSON, for scripts. */
export function letterJson(letter: DeadLetter): string {
  return `${encodeValue(envelopeOf(letter))}\n`;
}

function nodeOf({ node, step }: DeadLetter): string {
  return step === null ? node : `${node}.${step}`;
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

function textOf(bytes: Uint8Array): string {
  const shown = Buffer.from(bytes.subarray(0, BYTES_SHOWN)).toString('utf8');
  return bytes.length > BYTES_SHOWN ? `${shown}… (${exact(bytes.length)} bytes)` : shown;
}
