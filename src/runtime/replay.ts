import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import type { SourceCheckpoint } from '../checkpoint/store.ts';
import type { Clock } from '../clock.ts';
import type { Source } from '../component/source.ts';
import type { Event, Origin } from '../event.ts';
import { NodeCounters } from '../metrics/counters.ts';
import type { Entrance } from './entrance.ts';
import { eventOf, originOf } from './letter-event.ts';
import { SourceWatermark } from './watermark.ts';

/** Letters taken at once: so soon a drain is heeded. */
const AT_ONCE = 200;

/** A way by which a letter goes into the job again. */
export interface Door {
  /** The node, for a person. */
  readonly name: string;
  /** `event` is undefined where the record never became one. */
  enter(letter: DeadLetter, origin: Origin, event: Event | undefined): void;
}

export interface ReplayHost {
  readonly clock: Clock;
  /** Where the letter goes in again. */
  doorOf(letter: DeadLetter): Door;
  /** The letter is about to go in, as a record of this origin. */
  entering(letter: DeadLetter, origin: Origin): void;
}

/** Dead letters on their way through the job again: a source without a watermark. */
export class Replay implements Entrance {
  readonly name = 'dead letters';
  readonly counters = new NodeCounters('dead letters', 'source', 'dlq');
  readonly watermark = new SourceWatermark(0);
  readonly positionUnit = 'events';
  /** Letters come in the order in which they were refused. */
  readonly maxDrift = Number.POSITIVE_INFINITY;
  readonly source: Pick<Source, 'committed' | 'sharesPositions'> = {};
  readonly #letters: readonly DeadLetter[];
  readonly #host: ReplayHost;
  /** Resolves when the last one has gone in. */
  readonly through: Promise<void>;
  #finish!: () => void;
  /** How many of them go in. */
  #most: number;
  #admitted = 0;
  #processed = 0;
  #settled = 0;

  /** Throws SpecError if a letter can't go in anywhere. */
  constructor(letters: readonly DeadLetter[], host: ReplayHost) {
    this.#letters = letters;
    this.#host = host;
    for (const letter of letters) host.doorOf(letter);
    this.#most = letters.length;
    this.through = new Promise((resolve) => {
      this.#finish = resolve;
    });
    if (this.finished) this.#finish();
  }

  get count(): number {
    return this.#letters.length;
  }

  /** How many have gone in. */
  get done(): number {
    return this.#processed;
  }

  /** No more go in. */
  stop(): void {
    this.leaveQueue();
    this.#most = this.#processed;
    this.#finish();
  }

  get queue(): Entrance['queue'] {
    const depth = this.#admitted - this.#processed;
    return { isEmpty: depth === 0, depth, dropped: 0 };
  }

  get finished(): boolean {
    return this.#processed === this.#most;
  }

  admit(): number {
    const admitted = Math.min(this.#most, this.#processed + AT_ONCE) - this.#admitted;
    this.#admitted += admitted;
    return admitted;
  }

  leaveQueue(): void {
    this.#admitted = this.#processed;
  }

  process(most: number): number {
    const last = Math.min(this.#admitted, this.#processed + most);
    const count = last - this.#processed;
    const readAt = this.#host.clock.elapsed();
    while (this.#processed < last) this.#enter(this.#letters[this.#processed++]!, readAt);
    if (this.finished) this.#finish();
    return count;
  }

  endOfTime(): void {}

  partitions(): readonly [] {
    return [];
  }

  /** For progress alone: what was replayed is marked letter by letter. */
  checkpoint(): SourceCheckpoint {
    return {
      positions: { letters: this.#processed },
      ends: { letters: this.#letters.length },
      times: {},
      watermark: null,
    };
  }

  /** The letters since the last call: their effects belong to the checkpoint that is cut now. */
  takeProcessed(): readonly DeadLetter[] {
    const taken = this.#letters.slice(this.#settled, this.#processed);
    this.#settled = this.#processed;
    return taken;
  }

  #enter(letter: DeadLetter, readAt: number): void {
    this.counters.in++;
    this.counters.out++;
    const door = this.#host.doorOf(letter);
    const origin = originOf(letter, readAt);
    this.#host.entering(letter, origin);
    door.enter(letter, origin, eventOf(letter, origin));
  }
}
