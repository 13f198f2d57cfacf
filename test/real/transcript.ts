import type { ChildProcess } from 'node:child_process';

/** What a process says on stderr, read in order. */
export class Transcript {
  readonly #process: ChildProcess;
  #unread = '';
  #wake = () => {};

  constructor(process: ChildProcess) {
    this.#process = process;
    process.stderr?.on('data', (text: Buffer | string) => {
      this.#unread += text;
      this.#wake();
    });
    process.on('exit', () => this.#wake());
  }

  /** Reads on until behind the next match. Throws if the process ends before it says so. */
  async next(expected: RegExp): Promise<void> {
    for (;;) {
      const match = expected.exec(this.#unread);
      if (match !== null) {
        this.#unread = this.#unread.slice(match.index + match[0].length);
        return;
      }
      const { exitCode, signalCode } = this.#process;
      if (exitCode !== null || signalCode !== null)
        throw new Error(`ended with ${exitCode ?? signalCode} before it said ${expected}: ${this.#unread}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
