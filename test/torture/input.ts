import { Random } from '../../src/sources/generate/random.ts';

/** The first event's time. */
const START = 1_767_225_600_000;
/** How much earlier than in order an event may happen; the jobs' watermarks are as far behind. */
export const DISORDER = 2000;

/**
 * Clicks of some users, as lines: mostly good, somewhat out of order, a few too late, a few damaged, a few that a
 * transform or a table refuses.
 */
export function clicks(count: number, { late }: { late: boolean }): string[] {
  const random = new Random(7);
  return Array.from({ length: count }, (_, n) => {
    random.startEvent(n);
    const kind = random.integer(200);
    if (kind === 0) return `{"n": ${n}, "damaged`;
    const isLate = late && kind === 1 && n > 1000;
    const at = START + n * 25 - (isLate ? 20_000 + DISORDER : random.integer(DISORDER));
    const price = kind === 2 ? 'none' : String(random.integer(1000));
    const user = kind === 3 ? null : `u${random.skewed(50)}`;
    return JSON.stringify({ n, user, at, price, action: random.pick(['click', 'view', 'buy']) });
  });
}
