/** What is wrong with an event, in the order of the nodes and steps that find it out. */
export const BAD_WAYS = ['json', 'lookup', 'module', 'type', 'index'] as const;
export type BadWay = (typeof BAD_WAYS)[number];

/** Those whose cause is mended before the replay: a user is added, the module repaired, an index dropped. */
export const MENDED: readonly BadWay[] = ['lookup', 'module', 'index'];

/** What a letter of each way says: node, step, reason. */
export const REFUSALS: Readonly<Record<BadWay, string>> = {
  json: 'activity parse parse',
  lookup: 'activity enrich lookup',
  module: 'activity sum module',
  type: 'table  type',
  index: 'table  refused',
};

export interface ActivityRow {
  readonly id: string;
  readonly user_id: string;
  readonly user_segment: string;
  readonly amount: number | string;
  readonly total: number | string;
  /** Its length: the longest ones are longer than a screen. */
  readonly note: number;
}

const USERS = 200;
/** Longer than Cassandra takes in an index. */
const TOO_LONG = 70_000;

/** Events of users, every other one premium, of which one in a hundred is bad, in ways that the seed chooses. */
export class PoisonedStream {
  readonly events: number;
  readonly #seed: number;

  constructor(events: number, seed: number) {
    this.events = events;
    this.#seed = seed;
  }

  /** Null for a good one. */
  wayOf(id: number): BadWay | null {
    return this.#scatter(id) % 100 === 0 ? BAD_WAYS[this.#scatter(~id) % BAD_WAYS.length]! : null;
  }

  /** The ids of those that are bad in one of the ways. */
  bad(ways: readonly BadWay[] = BAD_WAYS): number[] {
    const all = Array.from({ length: this.events }, (_, id) => id);
    return all.filter((id) => ways.includes(this.wayOf(id)!));
  }

  /** A record as it is on the topic: its event is a text within. */
  record(id: number): string {
    const way = this.wayOf(id);
    const text = JSON.stringify({
      id: String(id),
      user_id: this.#userOf(id),
      amount: way === 'type' ? 'much' : id / 4,
      price: way === 'module' ? null : id,
      note: way === 'index' ? 'x'.repeat(TOO_LONG) : `note ${id % 10}`,
    });
    return JSON.stringify({ value: way === 'json' ? text.slice(1) : text });
  }

  /** The users that are known from the start, and their segments. */
  knownUsers(): [user: string, segment: string][] {
    return Array.from({ length: USERS }, (_, user) => [`u${user}`, segmentOf(user)]);
  }

  /** The users whose absence made letters. */
  missingUsers(): [user: string, segment: string][] {
    return this.bad(['lookup']).map((id) => [this.#userOf(id), segmentOf(id)]);
  }

  /** What a plain loop makes of the events: the rows of premium users, good ones and those of `ways`. */
  rows(ways: readonly BadWay[]): Map<string, ActivityRow> {
    const rows = new Map<string, ActivityRow>();
    for (let id = 0; id < this.events; id++) {
      const way = this.wayOf(id);
      if (way !== null && !ways.includes(way)) continue;
      const { user_id, amount, price, note } = JSON.parse(JSON.parse(this.record(id)).value);
      const user_segment = segmentOf(way === 'lookup' ? id : Number(user_id.slice(1)));
      if (user_segment !== 'premium') continue;
      const total = amount + (price ?? 0);
      rows.set(String(id), { id: String(id), user_id, user_segment, amount, total, note: note.length });
    }
    return rows;
  }

  /** What is found out behind the filter is of premium users. */
  #userOf(id: number): string {
    const way = this.wayOf(id);
    if (way === 'lookup') return `new-${id}`;
    const user = this.#scatter(id + 0.5) % USERS;
    return `u${way === null ? user : user - (user % 2)}`;
  }

  #scatter(id: number): number {
    let bits = Math.imul((id * 2) ^ (this.#seed + 1), 0x9e3779b1);
    bits = Math.imul(bits ^ (bits >>> 16), 0x45d9f3b);
    bits = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
    return (bits ^ (bits >>> 16)) >>> 0;
  }
}

function segmentOf(user: number): string {
  return user % 2 === 0 ? 'premium' : 'basic';
}
