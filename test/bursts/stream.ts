import { Random } from '../../src/sources/generate/random.ts';

export interface Click {
  readonly user: string;
  readonly action: 'click' | 'view';
  readonly time: number;
}

/** A stream as it arrives, and how far behind the newest event an event may be without being late. */
export interface Clicks {
  readonly clicks: readonly Click[];
  readonly delay: number;
}

/** The window of the pattern, in milliseconds. */
export const WINDOW = 30_000;
const START = 1_767_225_600_000;
const DELAY = 5000;
const BURSTS_OF_A_USER = 20;

/**
 * So many bursts, of 8 to 16 clicks in up to 40 seconds: some are enough for the pattern and some only nearly, and many lie
 * across a border of half a minute. They come out of order by up to the delay; a few are late, doubled, or of equal times.
 */
export function burstsOf(count: number, seed: number): Clicks {
  const random = new Random(seed);
  const clicks: (Click & { readonly arrival: number })[] = [];
  const add = (user: string, action: Click['action'], time: number) => {
    const isLate = random.integer(200) === 0;
    const arrival = time + (isLate ? DELAY * 3 : random.integer(DELAY));
    clicks.push({ user, action, time, arrival });
    if (random.integer(100) === 0) clicks.push({ user, action, time, arrival });
  };
  for (let burst = 0; burst < count; burst++) {
    random.startEvent(burst);
    const user = `u${Math.floor(burst / BURSTS_OF_A_USER)}`;
    // A user's bursts lie a minute apart: some are joined by what lies between them, others are far from their neighbours.
    const border = START + (burst % BURSTS_OF_A_USER) * 2 * WINDOW;
    const length = 1 + random.integer(40_000);
    const begin = border - random.integer(length + 1);
    const step = random.pick([1, 1, 1000]);
    for (let left = 8 + random.integer(9); left > 0; left--)
      add(user, 'click', begin + Math.floor(random.integer(length) / step) * step);
    for (let left = random.integer(4); left > 0; left--) add(user, 'view', begin + random.integer(length));
    if (random.integer(3) === 0) add(user, 'click', border + WINDOW + random.integer(WINDOW));
  }
  return { clicks: clicks.toSorted((one, other) => one.arrival - other.arrival), delay: DELAY };
}
