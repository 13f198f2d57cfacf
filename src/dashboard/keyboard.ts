import { stripVTControlCharacters } from 'node:util';

/** What the keys of the live view do; what is left out is not offered. */
export interface Keys {
  /** p */
  pause?(): void;
  /** q */
  quit(): void;
  /** What q does, for a person: `drain and quit`. */
  readonly quitting: string;
}

type Signal = 'SIGINT' | 'SIGQUIT' | 'SIGTSTP';

/** In raw mode the terminal no longer turns these keys into signals. */
const signals: Readonly<Record<string, Signal>> = {
  '\u0003': 'SIGINT',
  '\u001c': 'SIGQUIT',
  '\u001a': 'SIGTSTP',
};

export interface KeyboardOptions {
  press(key: string): void;
  /** Ctrl-Z; stops the process. */
  suspend(): void;
  isInForeground(): boolean;
}

/** The keys of a terminal, one at a time, without an echo. Ctrl-C, Ctrl-\\ and Ctrl-Z stay the signals that they are. */
export class Keyboard {
  readonly #input: NodeJS.ReadStream;
  readonly #options: KeyboardOptions;
  #isOpen = false;

  constructor(input: NodeJS.ReadStream, options: KeyboardOptions) {
    this.#input = input;
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Takes the keyboard, if there is one; only in the foreground, as a process in the background is stopped for it. */
  open(): void {
    if (this.#isOpen || this.#input.isTTY !== true) return;
    this.#isOpen = true;
    // Off first: Node does nothing for a mode that it set before, though a shell has set another one since.
    this.#input.setRawMode(false);
    this.#input.setRawMode(true);
    this.#input.setEncoding('utf8').on('data', this.#read).resume();
    this.#input.unref?.();
  }

  /** Gives it back. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#input.off('data', this.#read);
    this.#input.pause();
    // In the background the terminal's mode is the shell's business, and to set it would stop the process.
    if (this.#options.isInForeground()) this.#input.setRawMode(false);
  }

  readonly #read = (text: Buffer | string): void => {
    // Arrows and function keys are sequences, none of whose characters is a key of ours.
    for (const key of stripVTControlCharacters(String(text))) {
      const signal = signals[key];
      if (signal === undefined) this.#options.press(key);
      else if (signal === 'SIGTSTP') this.#options.suspend();
      else process.kill(process.pid, signal);
    }
  };
}
