import type { Millis } from '../../clock.ts';
import { type Source, type SourceHost, START } from '../../component/source.ts';
import type { Position, Positions, Records } from '../../event.ts';
import { GeneratedRecords, PARTITION, type Recipe } from './records.ts';

/** Events are released in slices of this length, and what a stalled job missed is made up for at most so much. */
const SLICE: Millis = 10;
const MOST_BEHIND: Millis = 1000;

export interface Pace {
  /** How many events there are; null is without end. */
  readonly count: number | null;
  /** Events per second; null is as fast as they are taken. */
  readonly rate: number | null;
}

/** Events out of nothing, the same for the same recipe. The position is the number of events made. */
export class GenerateSource implements Source {
  #recipe: Recipe;
  readonly #end: Position;
  readonly #rate: number;
  readonly #startsNow: boolean;
  #host!: SourceHost;
  #position: Position = START;
  #isPaused = false;
  /** When, on the steady clock, the next event is due. */
  #due: Millis = 0;

  constructor(recipe: Omit<Recipe, 'start'> & { start: Millis | null }, { count, rate }: Pace) {
    this.#startsNow = recipe.start === null;
    this.#recipe = { ...recipe, start: recipe.start ?? 0 };
    this.#end = count ?? Number.POSITIVE_INFINITY;
    this.#rate = rate ?? Number.POSITIVE_INFINITY;
  }

  async open(_resume: Positions, host: SourceHost): Promise<void> {
    this.#host = host;
    const { [PARTITION]: position = START } = await host.assigned([PARTITION]);
    this.#position = position;
    // The time of the next event, also of a recovered job's, is now.
    const start = host.clock.now() - position * this.#recipe.spacing;
    if (this.#startsNow) this.#recipe = { ...this.#recipe, start: Math.floor(start) };
    this.#due = host.clock.elapsed();
  }

  poll(maxRecords: number, maxBytes: number): Records | undefined {
    const length = Math.min(maxRecords, this.#end - this.#position, this.#released());
    if (length <= 0 || this.#isPaused) return undefined;
    const records = new GeneratedRecords(this.#recipe, this.#position, length);
    const fitting = Math.min(length, Math.max(1, Math.floor(maxBytes / records.size())));
    this.#position += fitting;
    this.#due += (fitting / this.#rate) * 1000;
    return fitting === length
      ? records
      : new GeneratedRecords(this.#recipe, this.#position - fitting, fitting);
  }

  async ready(signal: AbortSignal): Promise<void> {
    if (this.ended) return;
    if (this.#isPaused || this.#released() < 1) await this.#host.clock.sleep(SLICE, signal);
  }

  get ended(): boolean {
    return this.#position >= this.#end;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
  }

  ends(): Positions | undefined {
    return Number.isFinite(this.#end) ? { [PARTITION]: this.#end } : undefined;
  }

  async close(): Promise<void> {}

  /** How many events are due by now. */
  #released(): number {
    if (!Number.isFinite(this.#rate)) return Number.POSITIVE_INFINITY;
    const now = this.#host.clock.elapsed();
    this.#due = Math.max(this.#due, now - MOST_BEHIND);
    return now < this.#due ? 0 : Math.floor(((now - this.#due) / 1000) * this.#rate) + 1;
  }
}
