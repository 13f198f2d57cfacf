import type { Millis } from '../../clock.ts';
import { SpecError } from '../../errors.ts';
import type { Entry } from '../detect/key-table.ts';
import type { ProcessState } from './call.ts';

/** After the end of the input a timer may lead to so many, one after the other: then they are thought to go on for ever. */
const LONGEST = 1000;

/** And so many of one key may be asked for by timers in all: chains that branch may be short, and without end all the same. */
const MOST = 30_000;

/** The timers that timers ask for after the end of the input: nothing but the module itself brings them to an end. */
export class LastTimers {
  /** The module's, for messages. */
  readonly #file: string;
  /** How many led to each that is still to come, itself among them. */
  readonly #chains = new Map<string, number>();
  /** How many timers of each key timers have asked for. */
  readonly #asked = new Map<Entry<ProcessState>, number>();

  constructor(file: string) {
    this.#file = file;
  }

  /** How many led to the timer that is called now; 0 for one that was asked for before the end. Throws SpecError. */
  called(entry: Entry<ProcessState>, at: Millis): number {
    const name = nameOf(entry, at);
    const length = this.#chains.get(name) ?? 0;
    this.#chains.delete(name);
    if (length < LONGEST) return length;
    throw this.#endless(LONGEST);
  }

  /** A timer of this key, to which so many led, asks for one at `at`. Throws SpecError. */
  asked(entry: Entry<ProcessState>, at: Millis, before: number): void {
    const asked = (this.#asked.get(entry) ?? 0) + 1;
    if (asked > MOST) throw this.#endless(MOST);
    this.#asked.set(entry, asked);
    this.#chains.set(nameOf(entry, at), before + 1);
  }

  #endless(times: number): SpecError {
    return new SpecError(`after the end of the input, timer asked ${times} times for one more`, {
      place: this.#file,
      hint: 'ask for none where ctx.watermark is Infinity',
    });
  }
}

function nameOf({ text }: Entry<ProcessState>, at: Millis): string {
  return `${at} ${text}`;
}
