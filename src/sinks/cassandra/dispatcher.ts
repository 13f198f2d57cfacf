import type { Clock } from '../../clock.ts';
import { Flight, type Settle } from './flight.ts';
import { InFlightWindow } from './window.ts';

export interface DispatcherOptions<Request> {
  readonly clock: Clock;
  /** How much of the window a request takes. */
  weight(request: Request): number;
  send(request: Request): Promise<unknown>;
}

/** Sends the requests of several writes, first come first served, through one window of statements in flight. */
export class Dispatcher<Request> {
  readonly #options: DispatcherOptions<Request>;
  readonly #window = new InFlightWindow();
  readonly #flights: Flight<Request>[] = [];
  #inFlight = 0;

  constructor(options: DispatcherOptions<Request>) {
    this.#options = options;
  }

  /** Resolves when each request is settled or the flight was stopped; at once when `signal` aborts. */
  async run(requests: readonly Request[], settle: Settle<Request>, signal: AbortSignal): Promise<void> {
    if (requests.length === 0 || signal.aborted) return;
    const flight = new Flight(requests, settle);
    const giveUp = () => flight.giveUp();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      this.#flights.push(flight);
      this.#pump();
      await flight.landed;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** The server is overloaded. */
  slowDown(): void {
    this.#window.overloaded();
  }

  #pump(): void {
    while (this.#inFlight < this.#window.limit) {
      const flight = this.#flights[0];
      if (flight === undefined) return;
      const request = flight.take();
      if (request === undefined) this.#flights.shift();
      else this.#send(request, flight);
    }
  }

  #send(request: Request, flight: Flight<Request>): void {
    const { clock, weight, send } = this.#options;
    const weighs = weight(request);
    const sentAt = clock.elapsed();
    const settled = (error: unknown) => {
      this.#inFlight -= weighs;
      flight.settled(request, error);
      if (flight.waiting && !this.#flights.includes(flight)) this.#flights.push(flight);
      this.#pump();
    };
    this.#inFlight += weighs;
    send(request).then(() => {
      this.#window.acknowledged(clock.elapsed() - sentAt);
      settled(undefined);
    }, settled);
  }
}
