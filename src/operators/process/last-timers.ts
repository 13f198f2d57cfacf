import type { Millis } from '../../clock.ts';
import { SpecError } from '../../errors.ts';
import type { Entry } from '../detect/key-table.ts';
import type { ProcessState } from './call.ts';

/** After the end of the input a timer may lead to so many, one after the other: then they are thought to go on for ever. */
const LONGEST = 1000;

/** The timers that timers ask for after the end of the input: nothing but the module itself brings them to an end. */
export class LastTimers {
  /** The module's, for messages. */
  readonly #file: string;
  /** How many led to each that is still to come, itself among them. */
  readonly #chains = new Map<string, number>();

  constructor(file: string) {
    this.#file = file;
  }

  /** How many led to the timer that is called now; 0 for one that was asked for before the end. Throws SpecError. */
  called(entry: Entry<ProcessState>, at: Millis): number {
    const name = nameOf(entry, at);
    const length = this.#chains.get(name) ?? 0;
    this.#chains.delete(name);
    if (length < LONGEST) return length;
    throw new SpecError(`after the end of the input, timer asked ${LONGEST} times for one more`, {
      place: this.#file,
      hint: 'ask for none where ctx.watermark is Infinity',
    });
  }

  /** A timer of this key, to which so many led, asks for one at `at`. */
  asked(entry: Entry<ProcessState>, at: Millis, before: number): void {
    this.#chains.set(nameOf(entry, at), before + 1);
  }
}

function nameOf({ text }: Entry<ProcessState>, at: Millis): string {
  return `${at} ${text}`;
}
