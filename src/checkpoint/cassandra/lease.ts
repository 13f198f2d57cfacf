import type { Millis } from '../../clock.ts';
import { TakenOverError } from '../../errors.ts';
import { chunksOf } from '../state-chunks.ts';
import type { Checkpoint, Effects, Lease, StagedChunk, StatePart, TokenRange } from '../store.ts';
import { Turns } from '../turns.ts';
import type { Committed, Head } from './head.ts';
import type { JobTables } from './job-tables.ts';
import type { StateSet } from './records.ts';

/** One run's hold on a job. The head is changed by one call at a time, each from what the one before left. */
export class CassandraLease implements Lease {
  readonly epoch: number;
  readonly #job: string;
  readonly #tables: JobTables;
  readonly #keep: number;
  readonly #turns = new Turns();
  #head: Head;
  #changing: Promise<unknown> = Promise.resolve();
  #hasSaved = false;
  /** What makes up the state of the checkpoint at hand, oldest first. */
  #sets: readonly StateSet[] = [];
  /** State of checkpoints that a fresh start, or going on from an older one, has passed over. */
  #abandoned: readonly StateSet[] = [];
  /** By state: the first checkpoint whose chunks of it are needed. */
  readonly #neededFrom = new Map<string, number>();

  constructor(job: string, head: Head, tables: JobTables, keep: number) {
    this.epoch = head.epoch;
    this.#job = job;
    this.#head = head;
    this.#tables = tables;
    this.#keep = keep;
  }

  async *loadState(number: number): AsyncIterable<StatePart> {
    yield* this.#tables.loadState(await this.#tables.records.load(this.#committed(number)));
  }

  async loadStaged(number: number): Promise<readonly StagedChunk[]> {
    const isNewest = this.#head.kept[0]?.[0] === number;
    return isNewest ? this.#tables.loadStaged(this.#committed(number)) : [];
  }

  async isHolder(): Promise<boolean> {
    return (await this.#tables.head.read())?.epoch === this.epoch;
  }

  async save(checkpoint: Checkpoint, effects: Effects): Promise<{ bytes: number } | 'fenced'> {
    if (effects.join !== undefined) effects.join(noTransaction);
    const { number } = checkpoint;
    const committed: Committed = [number, this.epoch];
    if (!this.#hasSaved) await this.#goOnFrom(number - 1);
    this.#hasSaved = true;
    const state = await this.#tables.state.save(committed, chunksOf(effects.state));
    const { letters, replayed = [] } = effects;
    const staged = await this.#tables.saveStaged(committed, effects.staged ?? [], { letters, replayed });
    const sets = state.chunks > 0 ? [...this.#sets, { of: committed, chunks: state.chunks }] : this.#sets;
    const parts = state.bytes + staged.bytes;
    const bytes = await this.#tables.records.save({ ...checkpoint, sets, bytes: parts });
    const before = this.#head.kept;
    const kept = [committed, ...before.filter(([each]) => each < number)].slice(0, this.#keep);
    if (!(await this.#change((head) => ({ ...head, kept })))) return 'fenced';
    if (letters.length + replayed.length > 0) await this.#tables.applyLetters(committed);
    this.#sets = sets;
    this.#turns.note(number, effects.state);
    const isKept = (each: Committed) => kept.some(([one, epoch]) => one === each[0] && epoch === each[1]);
    await this.#prune(
      kept.at(-1)![0],
      before.filter((each) => !isKept(each)),
    );
    return { bytes };
  }

  async reserve(count: bigint, now: Millis): Promise<TokenRange> {
    let next = 0n;
    const isOurs = await this.#change((head) => {
      const clock = BigInt(Math.floor(now)) * 1000n;
      next = clock > head.tokens ? clock : head.tokens;
      return { ...head, tokens: next + count };
    });
    if (!isOurs) throw new TakenOverError(this.#job);
    return { next, end: next + count };
  }

  async release(): Promise<void> {
    await this.#changing;
  }

  /** Changes the head, after the changes that are under way; false if another process has taken the job. */
  #change(to: (head: Head) => Omit<Head, 'attempt'>): Promise<boolean> {
    const change = async () => {
      const changed = await this.#tables.head.replace(this.#head, to(this.#head));
      if (changed === undefined) return false;
      this.#head = changed;
      return true;
    };
    const changing = this.#changing.then(change, change);
    this.#changing = changing.catch(() => undefined);
    return changing;
  }

  /** Takes over the state of the checkpoint that the run goes on from; a fresh start has none. */
  async #goOnFrom(number: number): Promise<void> {
    const readable = this.#head.kept.map(async (each) => {
      const { sets } = await this.#tables.records.load(each).catch(() => ({ sets: [] }));
      return [each[0], sets] as const;
    });
    const known = new Map(await Promise.all(readable));
    this.#sets = known.get(number) ?? [];
    const taken = new Set(this.#sets.map(idOf));
    this.#abandoned = [...known.values()].flat().filter((set) => !taken.has(idOf(set)));
  }

  async #prune(oldest: number, dropped: readonly Committed[]): Promise<void> {
    for (const { node, state, before } of this.#turns.takeSuperseded(oldest)) {
      this.#neededFrom.set(JSON.stringify([node, state]), before);
    }
    const needed = Math.min(...this.#neededFrom.values());
    const superseded = Number.isFinite(needed) ? this.#sets.filter(({ of }) => of[0] < needed) : [];
    this.#sets = this.#sets.filter((set) => !superseded.includes(set));
    const unused = [...superseded, ...this.#abandoned];
    this.#abandoned = [];
    await this.#tables.drop(
      dropped,
      unused.map(({ of }) => of),
    );
  }

  #committed(number: number): Committed {
    const committed = this.#head.kept.find(([kept]) => kept === number);
    if (committed === undefined) throw new Error(`job ${this.#job} has no checkpoint ${number}`);
    return committed;
  }
}

function idOf({ of }: StateSet): string {
  return of.join('/');
}

const noTransaction = {
  run(): never {
    throw new Error('rows can be joined to a checkpoint in SQLite only');
  },
  all(): never {
    throw new Error('rows can be joined to a checkpoint in SQLite only');
  },
};
