export interface TerminalUser {
  /** Takes the terminal; called in the foreground only. */
  take(): void;
  /** Leaves it as it was, at once. */
  release(): void;
  isInForeground(): boolean;
}

/** Lends the terminal to the shell while this process is stopped or in the background. */
export class JobControl {
  readonly #user: TerminalUser;
  #hasTerminal = false;

  constructor(user: TerminalUser) {
    this.#user = user;
  }

  start(): void {
    process.on('SIGCONT', this.#continued);
    this.takeIfOurs();
  }

  /** Also to be called now and then: a shell need not tell a job that it comes to the foreground. */
  takeIfOurs(): void {
    if (this.#hasTerminal || !this.#user.isInForeground()) return;
    this.#hasTerminal = true;
    process.on('SIGTSTP', this.#stopped);
    // The terminal tells its size to the foreground only.
    process.emit('SIGWINCH', 'SIGWINCH');
    this.#user.take();
  }

  /** Stops the whole job, as the terminal does for Ctrl-Z: a shell waits for all of its processes. */
  suspend(): void {
    this.#release();
    process.kill(0, 'SIGTSTP');
  }

  stop(): void {
    process.off('SIGCONT', this.#continued);
    this.#release();
  }

  readonly #stopped = (): void => {
    this.#release();
    process.kill(process.pid, 'SIGTSTP');
  };

  readonly #continued = (): void => {
    // After a SIGSTOP nothing was released yet.
    this.#release();
    this.takeIfOurs();
  };

  /** From now on SIGTSTP stops the process. */
  #release(): void {
    if (!this.#hasTerminal) return;
    this.#hasTerminal = false;
    process.off('SIGTSTP', this.#stopped);
    this.#user.release();
  }
}
