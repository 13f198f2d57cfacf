import type { Clock, Millis } from '../clock.ts';
import type { OngoingReplay } from '../runtime/ongoing-replay.ts';
import { type Reply, refusalOf } from './protocol.ts';

const PERIOD: Millis = 200;

/** Tells one watcher how a replay goes, until it is through. */
export class ShownReplay {
  readonly #send: (reply: Reply) => void;
  readonly #hangUp: () => void;
  readonly #clock: Clock;
  #ongoing: OngoingReplay | undefined;
  #isStopped = false;

  constructor(send: (reply: Reply) => void, hangUp: () => void, clock: Clock) {
    this.#send = send;
    this.#hangUp = hangUp;
    this.#clock = clock;
  }

  /** No more letters go in. */
  stop(): void {
    this.#isStopped = true;
    this.#ongoing?.stop();
  }

  async show(beginning: Promise<OngoingReplay>): Promise<void> {
    try {
      const ongoing = await beginning;
      this.#ongoing = ongoing;
      if (this.#isStopped) ongoing.stop();
      const stopTelling = this.#clock.every(PERIOD, () => this.#send(progressOf(ongoing)));
      this.#send(progressOf(ongoing));
      const fates = await ongoing.fates.finally(stopTelling);
      // Of a job that ends meanwhile its end is told.
      if (fates !== undefined) this.#send({ ...progressOf(ongoing), fates });
    } catch (error) {
      this.#send(refusalOf(error));
    }
    this.#hangUp();
  }
}

function progressOf({ letters, done }: OngoingReplay) {
  return { replay: { letters, done }, fates: null };
}
