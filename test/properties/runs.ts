import { systemClock } from '../../src/clock.ts';

const { PROPERTY_RUNS, PROPERTY_SEED } = process.env;

/** A campaign says what it can be repeated by. */
const campaignSeed = PROPERTY_RUNS === undefined ? undefined : systemClock.now() % 1_000_000;
const seed = PROPERTY_SEED === undefined ? campaignSeed : Number(PROPERTY_SEED);
if (PROPERTY_RUNS !== undefined) {
  process.stdout.write(`${PROPERTY_RUNS} runs of each property; PROPERTY_SEED=${seed} repeats them\n`);
}

/** How often a property is tried: a few hundred times; `PROPERTY_RUNS=10000` tries harder. */
export function runs(usual: number): { numRuns: number; seed?: number } {
  return {
    numRuns: PROPERTY_RUNS === undefined ? usual : Number(PROPERTY_RUNS),
    ...(seed === undefined ? {} : { seed }),
  };
}
