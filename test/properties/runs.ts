/**
 * How often a property is tried: a few hundred times; `PROPERTY_RUNS=10000` tries harder, and `PROPERTY_SEED` repeats
 * what a failure printed.
 */
export function runs(usual: number): { numRuns: number; seed?: number } {
  const { PROPERTY_RUNS, PROPERTY_SEED } = process.env;
  return {
    numRuns: PROPERTY_RUNS === undefined ? usual : Number(PROPERTY_RUNS),
    ...(PROPERTY_SEED === undefined ? {} : { seed: Number(PROPERTY_SEED) }),
  };
}
