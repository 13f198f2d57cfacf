import type { Millis } from '../clock.ts';
import type { Event } from '../event.ts';
import type { Receiver } from './receiver.ts';
import type { TimeOrigin } from './time-origin.ts';

/** The way from a source into the graph. */
export class Inlet implements TimeOrigin {
  readonly behind = 0;
  readonly listeners: ((watermark: Millis) => void)[] = [];
  readonly receivers: Receiver[] = [];
  /** All nodes that its watermark reaches, by whatever way. */
  readonly nodes: (TimeOrigin & { readonly horizon: Millis })[] = [];
  #watermark: Millis = Number.NEGATIVE_INFINITY;

  /** Moves the watermark, if it moved, and lets all that falls due happen before the next event. */
  advance(watermark: Millis): void {
    if (watermark <= this.#watermark) return;
    this.#watermark = watermark;
    for (const listener of this.listeners) listener(watermark);
  }

  push(event: Event): void {
    for (const receive of this.receivers) receive(event);
  }

  /** The watermark at which all that is open behind it will be closed; -Infinity if nothing is. */
  get horizon(): Millis {
    return Math.max(Number.NEGATIVE_INFINITY, ...this.nodes.map((node) => node.horizon));
  }
}
