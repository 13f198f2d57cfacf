/** When a command that only looks on is to end: at a signal, or when nobody reads its output any more. */
export class Leaving {
  readonly #controller = new AbortController();

  constructor() {
    process.once('SIGINT', this.leave);
    process.once('SIGTERM', this.leave);
    process.stdout.once('error', this.leave);
    process.stdout.once('close', this.leave);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  stop(): void {
    process.off('SIGINT', this.leave);
    process.off('SIGTERM', this.leave);
  }

  readonly leave = (): void => this.#controller.abort();
}
