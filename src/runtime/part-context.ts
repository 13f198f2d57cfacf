import type { Millis } from '../clock.ts';
import type { Context, Result } from '../component/operator.ts';
import type { DataError } from '../errors.ts';
import type { Event } from '../event.ts';

/** A node as its operator's first parts see it: what they emit goes another way. */
export class PartContext implements Context {
  readonly emit: (event: Event) => void;
  readonly #node: Required<Context>;

  constructor(node: Required<Context>, emit: (event: Event) => void) {
    this.#node = node;
    this.emit = emit;
  }

  get watermark(): Millis {
    return this.#node.watermark;
  }

  emitResult(result: Result, port?: string): void {
    this.#node.emitResult(result, port);
  }

  filtered(event: Event): void {
    this.#node.filtered(event);
  }

  made(more: number): void {
    this.#node.made(more);
  }

  late(event: Event): void {
    this.#node.late(event);
  }

  reject(event: Event, error: DataError): void {
    this.#node.reject(event, error);
  }
}
