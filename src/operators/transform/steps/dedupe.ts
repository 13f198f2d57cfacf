import { z } from 'zod';
import { textOfValue } from '../../../aggregation/identity.ts';
import type { Millis } from '../../../clock.ts';
import { duration, splitList } from '../../../component/options.ts';
import { DataError } from '../../../errors.ts';
import { compileScalar } from '../../../expression/compile.ts';
import { expressionOption } from '../../../expression/option.ts';
import { parseExpression } from '../../../expression/parse.ts';
import type { KeyedState } from '../../../state/keyed-state.ts';
import { defineStep } from './define.ts';

export const dedupe = defineStep({
  type: 'dedupe',
  options: z
    .strictObject({
      key: z
        .union([z.string().transform(splitList), z.array(z.string())])
        .transform((texts): readonly unknown[] => texts)
        .pipe(z.array(expressionOption()).min(1))
        .describe('What two equal events have in common'),
      within: duration().describe('How far apart in event time they may be'),
    })
    .describe('Passes on the first event of each key within a time, and none of its repeats'),
  copies: false,
  keepsState: true,
  build({ key, within }, { place, state }) {
    const scalars = key.map((text) => compileScalar(parseExpression(text, { place })));
    const seen = new Seen(state<Millis>('seen', { clone: (time) => time }), within);
    return (event) => {
      const { time } = event;
      if (time === null) throw new DataError('time', 'dedupe needs event time: set "time" of the source');
      const text = scalars.map((scalar) => textOfValue(scalar(event))).join(',');
      return seen.isRepeat(text, time) ? null : event;
    };
  },
});

/** When each key was last passed on. Keys are forgotten when they are twice the time behind the newest event. */
class Seen {
  readonly #times: KeyedState<Millis>;
  readonly #within: Millis;
  /** Keys by the span that they were seen in, as far as this run has looked. */
  readonly #spans = new Map<number, string[]>();
  #newest = Number.NEGATIVE_INFINITY;
  #isIndexed = false;

  constructor(times: KeyedState<Millis>, within: Millis) {
    this.#times = times;
    this.#within = Math.max(1, within);
  }

  isRepeat(key: string, time: Millis): boolean {
    this.#index();
    const before = this.#times.get(key);
    if (before !== undefined && Math.abs(time - before) < this.#within) return true;
    if (before === undefined || time > before) {
      this.#times.set(key, time);
      this.#note(key, time);
    }
    this.#forgetBefore(time);
    return false;
  }

  /** What a checkpoint brought back is not in the spans yet. */
  #index(): void {
    if (this.#isIndexed) return;
    this.#isIndexed = true;
    for (const [key, time] of this.#times.entries()) this.#note(key, time);
  }

  #note(key: string, time: Millis): void {
    const span = Math.floor(time / this.#within);
    const keys = this.#spans.get(span);
    if (keys === undefined) this.#spans.set(span, [key]);
    else keys.push(key);
  }

  #forgetBefore(time: Millis): void {
    const span = Math.floor(time / this.#within);
    if (span <= this.#newest) return;
    this.#newest = span;
    for (const [old, keys] of this.#spans) {
      if (old >= span - 2) continue;
      this.#spans.delete(old);
      for (const key of keys) if (this.#spanOf(key) === old) this.#times.delete(key);
    }
  }

  #spanOf(key: string): number | undefined {
    const time = this.#times.get(key);
    return time === undefined ? undefined : Math.floor(time / this.#within);
  }
}
