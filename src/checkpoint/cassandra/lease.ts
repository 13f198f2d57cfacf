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
  /** What makes up the state of each checkpoint that is kept, as far as that can be read. */
  #setsOf = new Map<string, readonly StateSet[]>();

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
    const own = state.chunks > 0 ? [{ of: committed, chunks: state.chunks }] : [];
    const needed = this.#turns.allNeededFrom(number, effects.state);
    const sets = [...this.#sets.filter(({ of }) => of[0] >= needed), ...own];
    const parts = state.bytes + staged.bytes;
    const bytes = await this.#tables.records.save({ ...checkpoint, sets, bytes: parts });
    const before = this.#head.kept;
    const kept = [committed, ...before.filter(([each]) => each < number)].slice(0, this.#keep);
    if (!(await this.#change((head) => ({ ...head, kept })))) return 'fenced';
    if (letters.length + replayed.length > 0) await this.#tables.applyLetters(committed);
    this.#sets = sets;
    this.#turns.note(number, effects.state);
    this.#setsOf.set(idOf(committed), sets);
    const keptIds = new Set(kept.map(idOf));
    await this.#drop(before.filter((each) => !keptIds.has(idOf(each))));
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
    const { kept } = this.#head;
    const sets = await Promise.all(
      kept.map((each) =>
        this.#tables.records.load(each).then(
          (record) => record.sets,
          (error: unknown) => {
            // Of another that can't be read nothing is needed.
            if (each[0] === number) throw error;
            return [];
          },
        ),
      ),
    );
    this.#setsOf = new Map(kept.map((each, index) => [idOf(each), sets[index]!]));
    const from = kept.find(([each]) => each === number);
    this.#sets = (from && this.#setsOf.get(idOf(from))) ?? [];
  }

  /** Drops checkpoints that are kept no longer, and what no other one needs of theirs. */
  async #drop(dropped: readonly Committed[]): Promise<void> {
    const theirs = dropped.flatMap((each) => this.#setsOf.get(idOf(each)) ?? []);
    for (const each of dropped) this.#setsOf.delete(idOf(each));
    const needed = new Set([...this.#setsOf.values()].flat().map(({ of }) => idOf(of)));
    const unused = new Map(theirs.map(({ of }) => [idOf(of), of]));
    for (const id of needed) unused.delete(id);
    await this.#tables.drop(dropped, [...unused.values()]);
  }

  #committed(number: number): Committed {
    const committed = this.#head.kept.find(([kept]) => kept === number);
    if (committed === undefined) throw new Error(`job ${this.#job} has no checkpoint ${number}`);
    return committed;
  }
}

function idOf(committed: Committed): string {
  return committed.join('/');
}

const noTransaction = {
  run(): never {
    throw new Error('rows can be joined to a checkpoint in SQLite only');
  },
  all(): never {
    throw new Error('rows can be joined to a checkpoint in SQLite only');
  },
};
