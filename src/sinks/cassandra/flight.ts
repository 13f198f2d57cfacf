/** Told how each request ended, `error` being what was thrown; what it throws itself ends the flight. */
export type Settle<Request> = (request: Request, error: unknown, flight: Flight<Request>) => void;

/** The requests of one write, on their way. */
export class Flight<Request> {
  /** Resolves when each request is settled, or was never sent because the flight was stopped. */
  readonly landed: Promise<void>;
  readonly #queue: Request[];
  readonly #settle: Settle<Request>;
  #position = 0;
  #inFlight = 0;
  #land: () => void = () => undefined;
  #crash: (error: unknown) => void = () => undefined;

  constructor(requests: readonly Request[], settle: Settle<Request>) {
    this.#queue = [...requests];
    this.#settle = settle;
    this.landed = new Promise((resolve, reject) => {
      this.#land = resolve;
      this.#crash = reject;
    });
  }

  /** Whether there is more to send. */
  get waiting(): boolean {
    return this.#position < this.#queue.length;
  }

  /** The next request to send. */
  take(): Request | undefined {
    if (!this.waiting) return undefined;
    this.#inFlight++;
    return this.#queue[this.#position++];
  }

  add(request: Request): void {
    this.#queue.push(request);
  }

  /** Sends no more; what is in flight is awaited. */
  stop(): void {
    this.#queue.length = this.#position;
  }

  /** Sends no more and lands at once. */
  giveUp(): void {
    this.stop();
    this.#land();
  }

  settled(request: Request, error: unknown): void {
    this.#inFlight--;
    try {
      this.#settle(request, error, this);
    } catch (bug) {
      this.stop();
      this.#crash(bug);
    }
    if (this.#inFlight === 0 && !this.waiting) this.#land();
  }
}
