import { Random } from '../../src/sources/generate/random.ts';
import type { Breakage } from './broken.ts';
import { type Cell, nameOf } from './cells.ts';
import type { Fate, Moment } from './points.ts';
import { discrepancies, type Results } from './results.ts';
import { type Death, isStopped, type Trial } from './trial.ts';
import type { World } from './world.ts';

/** How one life is to end: at a moment of its own, or some milliseconds after its start. */
export type Kill = Moment | { readonly after: number };

/** An uninterrupted run, which all others are compared with. */
export interface Baseline {
  readonly results: Results;
  readonly steps: number;
  readonly duration: number;
}

export interface Verdict {
  readonly cell: Cell;
  readonly kills: readonly Kill[];
  /** How many of them came while the job still ran. */
  readonly killed: number;
  /** What is wrong; empty if nothing is. */
  readonly faults: readonly string[];
}

/** Kills jobs and recovers them, and compares what they leave behind with what an uninterrupted run leaves. */
export class Campaign {
  readonly #world: World;
  readonly #baselines = new Map<string, Promise<Baseline>>();

  constructor(world: World) {
    this.#world = world;
  }

  baseline(cell: Cell): Promise<Baseline> {
    const name = nameOf(cell);
    let baseline = this.#baselines.get(name);
    if (baseline === undefined) {
      baseline = this.#runStraight(cell);
      this.#baselines.set(name, baseline);
      // It may go better the next time.
      baseline.catch(() => this.#baselines.delete(name));
    }
    return baseline;
  }

  /** A job that is killed so often, then recovered to its end. */
  async kill(cell: Cell, kills: readonly Kill[], breakage?: Breakage): Promise<Verdict> {
    const { results } = await this.baseline(cell);
    return this.#try(cell, breakage, async (trial) => {
      let killed = 0;
      for (const kill of kills) {
        const death = await this.#live(trial, kill);
        if (death.signal === 'SIGKILL') killed++;
        else if (death.code !== 0) return { cell, kills, killed, faults: [`failed: ${death.stderr}`] };
      }
      const last = await this.#live(trial);
      if (last.code !== 0) return { cell, kills, killed, faults: [`not recovered: ${last.stderr}`] };
      return { cell, kills, killed, faults: discrepancies(results, await this.#world.results(trial)) };
    });
  }

  /** A job that pauses at a moment, is taken over by another process, and wakes when that one is done. */
  async pause(cell: Cell, moment: Moment, breakage?: Breakage): Promise<Verdict> {
    const { results } = await this.baseline(cell);
    return this.#try(cell, breakage, async (trial) => {
      const verdict = (faults: readonly string[]) => ({ cell, kills: [moment], killed: 1, faults });
      const zombie = trial.start({ mode: 'start', fate: { moment, signal: 'SIGSTOP' } });
      if (!(await isStopped(zombie.child))) return { ...verdict([]), killed: 0 };
      const heir = await trial.start({ mode: 'recover', takeover: true }).death;
      if (heir.code !== 0) return verdict([`not taken over: ${heir.stderr}`]);
      const before = discrepancies(results, await this.#world.results(trial));
      zombie.child.kill('SIGCONT');
      const { code, stderr } = await zombie.death;
      const after = discrepancies(results, await this.#world.results(trial));
      const isQuiet = code === 1 && /another process took over/.test(stderr);
      const end = isQuiet ? [] : [`the one that woke ended with ${code}: ${stderr}`];
      return verdict([...before, ...after, ...end]);
    });
  }

  /** Begins the job, or goes on with it if there is something to go on from. */
  async #live(trial: Trial, kill?: Kill): Promise<Death> {
    const life = (mode: 'start' | 'recover') => {
      if (kill !== undefined && 'after' in kill) return trial.liveFor(mode, kill.after);
      const fate: Fate | undefined = kill && { moment: kill, signal: 'SIGKILL' };
      return trial.live(mode, fate);
    };
    const death = await life('recover');
    return death.code === 2 && /has not run yet/.test(death.stderr) ? life('start') : death;
  }

  async #runStraight(cell: Cell): Promise<Baseline> {
    const trial = await this.#world.trial(cell);
    try {
      const { code, stderr, end, duration } = await trial.live('start');
      if (code !== 0 || end === undefined) throw new Error(`${nameOf(cell)} does not run: ${stderr}`);
      return { results: await this.#world.results(trial), steps: end.steps, duration };
    } finally {
      trial.remove();
    }
  }

  async #try(
    cell: Cell,
    breakage: Breakage | undefined,
    run: (trial: Trial) => Promise<Verdict>,
  ): Promise<Verdict> {
    const trial = await this.#world.trial(cell, breakage);
    try {
      return await run(trial);
    } finally {
      trial.remove();
    }
  }
}

/** The kills of trial number `index`: the same for the same seed. Most come anywhere, some soon after a recovery. */
export function killsOf(seed: number, index: number, { steps, duration }: Baseline): Kill[] {
  const random = new Random(seed);
  random.startEvent(index);
  return Array.from({ length: 1 + random.integer(4) }, (): Kill => {
    const kind = random.integer(10);
    if (kind < 6) return { step: 1 + random.integer(steps) };
    if (kind < 8) return { step: 1 + random.integer(20) };
    return { after: random.next() * duration };
  });
}
