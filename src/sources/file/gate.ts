/** Lets waiters wait for something to change; they look for themselves what it was. */
export class Gate {
  #change = Promise.withResolvers<void>();

  /** Something has changed. */
  open(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }

  /** Resolves at the next change, or when `signal` aborts. */
  async wait(signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return;
    const open = () => this.open();
    signal?.addEventListener('abort', open);
    await this.#change.promise;
    signal?.removeEventListener('abort', open);
  }
}
