import type { Millis } from '../clock.ts';

/** Where watermarks come from: a source, or a node that decides about time itself. */
export interface TimeOrigin {
  /** How much earlier its watermark is than those of the sources: what the nodes before it hold back. */
  readonly behind: Millis;
  /** Nodes behind it, in an order in which each stands behind its inputs. */
  readonly listeners: ((watermark: Millis) => void)[];
}
