import type { DeadLetter, LetterQuery, LetterStatus, Letters } from '../checkpoint/dead-letter.ts';
import type { Clock, Millis } from '../clock.ts';
import { parseDuration } from '../duration.ts';
import { DataError, SpecError } from '../errors.ts';
import { compilePredicate } from '../expression/compile.ts';
import { parseExpression } from '../expression/parse.ts';
import { parseTimestamp } from '../expression/timestamps.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import { eventOf, originOf } from './letter-event.ts';

/** Which letters a person means. */
export interface LetterSelection {
  readonly query: LetterQuery;
  /** Of the letters that the query finds. */
  readonly accepts: (letter: DeadLetter) => boolean;
  readonly limit: number;
}

/** What `--reason --node --since --until --where --limit` mean. Throws SpecError. */
export function selectionOf(flags: FlagValues, clock: Clock): LetterSelection {
  const { reason, node, since, until, where, limit, status } = flags;
  return {
    query: {
      ...(typeof reason === 'string' && { reason }),
      ...(typeof node === 'string' && { node }),
      ...(Array.isArray(status) && { status: status as LetterStatus[] }),
      ...(typeof since === 'string' && { since: timeOf('since', since, clock) }),
      ...(typeof until === 'string' && { until: timeOf('until', until, clock) }),
    },
    accepts: typeof where === 'string' ? conditionOf(where) : () => true,
    limit: typeof limit === 'string' ? limitOf(limit) : Number.POSITIVE_INFINITY,
  };
}

/** The letters that are meant, oldest first. */
export async function selected(letters: Letters, selection: LetterSelection): Promise<DeadLetter[]> {
  const found: DeadLetter[] = [];
  for await (const letter of letters.list(selection.query)) {
    if (found.length >= selection.limit) break;
    if (selection.accepts(letter)) found.push(letter);
  }
  return found;
}

/** Throws SpecError if there is none. */
export async function letterById(letters: Letters, job: string, id: string): Promise<DeadLetter> {
  for await (const letter of letters.list({ ids: [id] })) return letter;
  throw new SpecError(`job ${job} has no dead letter "${id}"`, {
    hint: `sluice dlq list ${job} has their ids`,
  });
}

/** A point in time, or a duration before now. */
function timeOf(flag: string, text: string, clock: Clock): Millis {
  const at = parseTimestamp(text);
  if (at !== undefined) return at;
  try {
    return clock.now() - parseDuration(text);
  } catch {
    throw new SpecError(`"${text}" is no time`, {
      place: `--${flag}`,
      hint: 'give how long ago, as in 2h, or a time such as 2026-01-31T12:00:00Z',
    });
  }
}

/**
 * On the fields of the event that was refused; a record that never became an event has none. One whose values don't fit
 * the condition does not match: letters are there because something did not fit.
 */
function conditionOf(text: string): (letter: DeadLetter) => boolean {
  const holds = compilePredicate(parseExpression(text, { place: '--where' }));
  return (letter) => {
    const event = eventOf(letter, originOf(letter));
    if (event === undefined) return false;
    try {
      return holds(event);
    } catch (error) {
      if (error instanceof DataError) return false;
      throw error;
    }
  };
}

function limitOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new SpecError(`must be a whole number, not "${text}"`, { place: '--limit' });
}
