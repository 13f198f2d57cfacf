import { Writable } from 'node:stream';
import type { Clock, Millis } from '../../src/clock.ts';
import { NOW } from './snapshots.ts';

/** A terminal that keeps what is written to it. */
export class FakeTerminal extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  written = '';

  constructor(columns: number, rows: number) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.written += chunk;
    done();
  }

  /** As Node types a terminal's stream. */
  get stream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }

  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    this.emit('resize');
  }
}

/** A clock whose periods pass when the test says so. */
export class TickingClock implements Clock {
  readonly #actions = new Map<() => void, Millis>();

  /** One period of everything that runs `every` so often. */
  tick(): void {
    for (const action of this.#actions.keys()) action();
  }

  get periods(): Millis[] {
    return [...this.#actions.values()];
  }

  now(): Millis {
    return NOW;
  }

  elapsed(): Millis {
    return 0;
  }

  async sleep(): Promise<void> {}

  every(period: Millis, action: () => void): () => void {
    this.#actions.set(action, period);
    return () => this.#actions.delete(action);
  }

  async yield(): Promise<void> {}
}
