import { execFileSync } from 'node:child_process';

/** Whether tmux is there; said once where it is not. */
export const tmuxVersion = ((): string | undefined => {
  try {
    return execFileSync('tmux', ['-V'], { encoding: 'utf8' }).trim();
  } catch {
    process.stderr.write('skipped: the live view in a real pseudo-terminal needs tmux\n');
    return undefined;
  }
})();

let servers = 0;

/** A real pseudo-terminal in a tmux server of its own. */
export class Tmux {
  readonly #socket: string;

  constructor(command: readonly string[], size: { columns: number; rows: number }) {
    this.#socket = `sluice-test-${process.pid}-${++servers}`;
    const options = ['-x', String(size.columns), '-y', String(size.rows)];
    this.#run('-f', '/dev/null', '-u', 'new-session', '-d', ...options, 'sh');
    this.keys(`PS1='$ '; clear; ${command.join(' ')}`, 'Enter');
  }

  /** What stands on the screen, without trailing blanks. */
  screen(): string {
    return this.#run('capture-pane', '-p').trimEnd();
  }

  resize(columns: number, rows: number): void {
    this.#run('resize-window', '-x', String(columns), '-y', String(rows));
  }

  keys(...keys: string[]): void {
    this.#run('send-keys', ...keys);
  }

  /** `cursor_flag` is 1 where the cursor is seen, `alternate_on` where the alternate screen is. */
  flag(name: 'cursor_flag' | 'alternate_on'): string {
    return this.#run('display-message', '-p', `#{${name}}`).trim();
  }

  close(): void {
    this.#run('kill-server');
  }

  #run(...options: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...options], { encoding: 'utf8' });
  }
}
