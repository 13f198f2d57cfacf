import { measure, type Program } from './measure.ts';

const CANDIDATES = [128, 256, 512, 1024];

/** The number in flight with which the bare loop of inserts (its last argument) is fastest here. */
export async function fastestInFlight(insert: Program, dir: string): Promise<number> {
  let best = { inFlight: 0, seconds: Number.POSITIVE_INFINITY };
  for (const inFlight of CANDIDATES) {
    const { seconds } = await measure([...insert, String(inFlight)], { dir, events: 0 });
    if (seconds < best.seconds) best = { inFlight, seconds };
  }
  return best.inFlight;
}
