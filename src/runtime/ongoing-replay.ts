import type { Engine } from './engine.ts';
import type { LetterBox } from './letters.ts';
import type { Narrowing } from './narrowing.ts';
import type { Replay } from './replay.ts';

/** Of letters that went through a job again. */
export interface LetterFates {
  readonly failedAgain: number;
  /** Of those. */
  readonly quarantined: number;
  /** How often one came too late for its window. */
  readonly late: number;
}

/** A replay in a job that goes on running. */
export interface OngoingReplay {
  readonly letters: number;
  /** How many have gone in so far. */
  readonly done: number;
  /** No more go in; what is in comes out. */
  stop(): void;
  /** Resolves when all that came of those that went in is durable; undefined if the job ended before that. */
  readonly fates: Promise<LetterFates | undefined>;
}

export function fatesIn(letters: LetterBox, { late }: Narrowing): LetterFates {
  const { failedAgain } = letters;
  const quarantined = failedAgain.filter((status) => status === 'quarantined').length;
  return { failedAgain: failedAgain.length, quarantined, late };
}

/** Sends letters through the job beside what its sources hold. */
export function beginReplay(
  replay: Replay,
  { engine, letters, narrowing }: { engine: Engine; letters: LetterBox; narrowing: Narrowing },
): OngoingReplay {
  const through = async () => {
    const isDurable = await engine.replay(replay);
    const fates = fatesIn(letters, narrowing);
    narrowing.end();
    letters.endReplay();
    return isDurable ? fates : undefined;
  };
  return {
    letters: replay.count,
    get done() {
      return replay.done;
    },
    stop: () => replay.stop(),
    fates: through(),
  };
}
