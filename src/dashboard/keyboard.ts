import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
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

/** The keys of a terminal, one at a time, without an echo. Ctrl-C, Ctrl-\ and Ctrl-Z stay the signals that they are. */
export class Keyboard {
  readonly #input: NodeJS.ReadStream;
  readonly #press: (key: string) => void;
  #isOpen = false;

  constructor(input: NodeJS.ReadStream, press: (key: string) => void) {
    this.#input = input;
    this.#press = press;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Takes the keyboard, if there is one, and if this process may: one in the background would be stopped for it. */
  open(): void {
    if (this.#isOpen || this.#input.isTTY !== true || !isInForeground()) return;
    this.#isOpen = true;
    this.#input.setRawMode(true);
    this.#input.setEncoding('utf8').on('data', this.#read).resume();
    this.#input.unref?.();
  }

  /** Gives it back. */
  close(): void {
    process.off('SIGCONT', this.#reopen);
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#input.off('data', this.#read);
    this.#input.pause();
    this.#input.setRawMode(false);
  }

  readonly #read = (text: Buffer | string): void => {
    // Arrows and function keys are sequences, none of whose characters is a key of ours.
    for (const key of stripVTControlCharacters(String(text))) {
      const signal = signals[key];
      if (signal === undefined) this.#press(key);
      else this.#raise(signal);
    }
  };

  readonly #reopen = (): void => this.open();

  #raise(signal: Signal): void {
    if (signal === 'SIGTSTP') {
      this.close();
      process.once('SIGCONT', this.#reopen);
    }
    process.kill(process.pid, signal);
  }
}

/** Whether the terminal's keys are for this process and not for one in the foreground. */
function isInForeground(): boolean {
  try {
    return process.platform === 'linux' ? foregroundOnLinux() : foregroundElsewhere();
  } catch {
    return false;
  }
}

function foregroundOnLinux(): boolean {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // Behind the name, which may hold spaces: state, parent, group, session, terminal, foreground group.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[2] === fields[5];
}

function foregroundElsewhere(): boolean {
  const options = ['-o', 'pgid=,tpgid=', '-p', String(process.pid)];
  const [group, foreground] = execFileSync('ps', options, { encoding: 'utf8' }).trim().split(/\s+/);
  return group === foreground;
}
