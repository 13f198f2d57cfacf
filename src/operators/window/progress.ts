import type { Millis } from '../../clock.ts';
import type { KeyedState, StateType } from '../../state/keyed-state.ts';

export const progressType: StateType<Millis> = { clone: (watermark) => watermark };

/**
 * The watermark as of when it last mattered, kept in the checkpoint: which windows have fired and closed. Between two
 * such moments it may move as it likes without a trace.
 */
export class Progress {
  readonly #state: KeyedState<Millis>;

  constructor(state: KeyedState<Millis>) {
    this.#state = state;
  }

  get watermark(): Millis {
    return this.#state.get('watermark') ?? Number.NEGATIVE_INFINITY;
  }

  reach(watermark: Millis): void {
    this.#state.set('watermark', watermark);
  }
}
