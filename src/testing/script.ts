import type { Millis } from '../clock.ts';
import { advanceOf, type JobTest } from '../spec/tests.ts';
import type { Step } from './scripted-source.ts';

/** What happens in a test: all sources give out their first part, the clock moves on, they give out the next … */
export interface Script {
  /** Source → its events, in the parts between which the clock moves. */
  readonly parts: ReadonlyMap<string, readonly (readonly Step[])[]>;
  /** How far the clock moves after each part but the last; where sources differ, the longest counts. */
  readonly pauses: readonly Millis[];
}

export function scriptOf({ input }: JobTest): Script {
  const parts = new Map<string, Step[][]>();
  const pauses: Millis[] = [];
  for (const [source, steps] of Object.entries(input)) {
    const own: Step[][] = [[]];
    for (const step of steps) {
      const pause = advanceOf(step);
      if (pause === undefined) own.at(-1)!.push(step);
      else {
        const turn = own.length - 1;
        pauses[turn] = Math.max(pauses[turn] ?? 0, pause);
        own.push([]);
      }
    }
    parts.set(source, own);
  }
  return { parts, pauses };
}
