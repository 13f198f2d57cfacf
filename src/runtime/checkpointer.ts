import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import {
  type Checkpoint,
  type CheckpointStatus,
  type Effects,
  isDone,
  STATE_LAYOUT,
} from '../checkpoint/store.ts';
import type { Millis } from '../clock.ts';
import type { Token } from '../component/sink.ts';
import { TakenOverError } from '../errors.ts';
import { countersOf, type EngineParts } from './engine-parts.ts';
import type { Replay } from './replay.ts';
import type { StagedOutlet } from './staged-outlet.ts';

/** Letters held in memory at the most, before a checkpoint takes them. */
export const MOST_LETTERS = 10_000;
/** How often positions are passed on to sources that publish them (Kafka's group, for lag tools). */
const PUBLISH_EVERY: Millis = 5000;

/**
 * Cuts checkpoints, saves them, and lets happen what waits for them to be saved: one at a time, each from what the one
 * before left.
 */
export class Checkpointer {
  readonly figures = { count: 0, lastAt: null as Millis | null, lastDuration: 0, lastBytes: 0 };
  /** Dead letters that go through the job beside what its sources hold. */
  guest: Replay | undefined;
  readonly #parts: EngineParts;
  #number: number;
  #due: Millis;
  #publishDue: Millis;
  #saving: Promise<void> | undefined;
  #isSettling = false;
  #lastSaved: Checkpoint | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#number = parts.last?.number ?? -1;
    const now = parts.clock.elapsed();
    this.#due = now + this.#interval;
    this.#publishDue = now + PUBLISH_EVERY;
  }

  /** Whether the last checkpoint that was saved leaves nothing to go on with. */
  get isDone(): boolean {
    return this.#lastSaved !== undefined && isDone(this.#lastSaved);
  }

  /** Nothing may enter the graph meanwhile: its stages run empty for a checkpoint. */
  get isSettling(): boolean {
    return this.#isSettling;
  }

  /** Whether one should be cut now, and can be. */
  get isDue(): boolean {
    if (this.#saving !== undefined) return false;
    const { clock, joined, staged, letters } = this.#parts;
    if (letters.waiting >= MOST_LETTERS || [...joined, ...staged].some((outlet) => outlet.isFull))
      return true;
    return this.deadline <= clock.elapsed();
  }

  /** When the next one is due, on the steady clock. Until the one in progress is saved, however long it has been due, it waits. */
  get deadline(): Millis {
    if (this.#saving !== undefined) return Number.POSITIVE_INFINITY;
    return Math.min(this.#due, ...this.#parts.joined.map((outlet) => outlet.deadline));
  }

  /** Before the first event: does what the checkpoint that the job resumes from left undone, and saves one. */
  async begin(): Promise<void> {
    const { outbox, last } = this.#parts;
    await outbox?.resume();
    if (last !== undefined) await this.#deliver(last);
    await this.save();
  }

  /** Saves a checkpoint of all that was processed so far. */
  async save(status: CheckpointStatus = 'running'): Promise<void> {
    while (this.#saving !== undefined) await this.#saving;
    this.#saving = this.#cut(status).finally(() => {
      this.#saving = undefined;
      this.#parts.bell.ring();
    });
    await this.#saving;
  }

  /** Whoever read our output has seen enough: the job is done, and nothing is left to recover. */
  async abandonOutput(): Promise<void> {
    await this.#saving?.catch(() => undefined);
    if (this.#lastSaved === undefined || this.#parts.staged.some(({ saved }) => saved.length > 0)) return;
    const number = this.#lastSaved.number + 1;
    const letters = this.#parts.letters.seal();
    const outbox = await this.#parts.outbox?.cut(letters);
    await this.#parts.lease.save(
      { ...this.#lastSaved, number, status: 'finished', staged: undefined, outbox },
      { state: [], letters },
    );
    await this.#parts.outbox?.deliver(number, letters);
  }

  get #interval(): Millis {
    return this.#parts.spec.checkpoint?.interval ?? Number.POSITIVE_INFINITY;
  }

  /** A replay leaves the job as it found it: done, or to be gone on with. */
  #statusOf(status: CheckpointStatus): CheckpointStatus {
    if (this.#parts.replay === undefined) return status;
    return this.#parts.last?.status === 'finished' ? 'finished' : 'drained';
  }

  async #cut(status: CheckpointStatus): Promise<void> {
    const { clock, lease, spec, outbox } = this.#parts;
    await this.#settle();
    const began = clock.elapsed();
    this.#due = began + this.#interval;
    const { number, replayed, rows, ...cut } = this.#take();
    const [outlets, staged] = await Promise.all([cut.outlets, cut.staged]);
    const counters = { ...cut.counters };
    for (const { name, totals } of outlets) counters[name] = totals;
    const letters = [...cut.letters, ...outlets.flatMap((outlet) => outlet.letters)];
    const posted: DeadLetter[] = [...replayed.map(asReplayed), ...letters];
    const checkpoint: Checkpoint = {
      job: spec.name,
      number,
      epoch: lease.epoch,
      createdAt: clock.now(),
      status: this.#statusOf(status),
      spec: this.#parts.storedSpec,
      specHash: this.#parts.specHash,
      sources: cut.sources,
      sinks: this.#tokensOf([...outlets, ...staged], cut.isReplayDone),
      counters,
      keys: cut.keys,
      layout: STATE_LAYOUT,
      ...stagedIn(this.#parts.staged),
      outbox: await outbox?.cut(posted),
    };
    const bytes = await this.#save(checkpoint, {
      state: cut.state,
      staged: staged.flatMap(({ chunks }) => chunks),
      letters,
      replayed: replayed.map(({ id }) => id),
      join(transaction) {
        const applied = rows.map(({ name, cut: taken }) => [name, taken.apply(transaction)] as const);
        const refused = applied.flatMap(([, outcome]) => outcome.letters);
        posted.push(...refused);
        return {
          letters: refused,
          counters: Object.fromEntries(applied.map(([name, { totals }]) => [name, totals])),
        };
      },
    });
    this.#parts.graph.saved();
    for (const { cut: taken } of rows) taken.acknowledged();
    for (const { sink, token } of outlets) await sink.committed?.(token);
    this.figures.count++;
    this.figures.lastAt = clock.now();
    this.figures.lastDuration = clock.elapsed() - began;
    this.figures.lastBytes = bytes;
    await outbox?.deliver(number, posted);
    await this.#publish(cut.sources, status);
    await this.#deliver(checkpoint);
  }

  /** What is in a stage is neither read nor written: until nothing is, nothing may enter the graph. */
  async #settle(): Promise<void> {
    const { stages } = this.#parts.graph;
    this.#isSettling = true;
    // Time may move on meanwhile, and something come into them again.
    while (stages.some((stage) => !stage.isEmpty)) for (const stage of stages) await stage.emptied();
  }

  /** The cut itself, in one instant: what is still a promise is about rows that the outlets hold by now. */
  #take() {
    const { letters, graph, outlets, joined, staged, replay, last } = this.#parts;
    const carried = replay === undefined ? undefined : last;
    const taken = {
      number: ++this.#number,
      letters: letters.seal(),
      sources: this.#sources(),
      replayed: (replay ?? this.guest)?.takeProcessed() ?? [],
      isReplayDone: replay?.finished ?? false,
      counters: { ...carried?.counters, ...totalsOf(this.#parts) },
      state: graph.freeze(),
      keys: { ...carried?.keys, ...graph.keys() },
      rows: joined.map((outlet) => ({ name: outlet.counters.name, cut: outlet.cut() })),
      outlets: Promise.all(
        outlets.map(async (outlet) => {
          const { name } = outlet.counters;
          return { name, sink: outlet.sink, ...(await outlet.cut()) };
        }),
      ),
      staged: Promise.all(
        staged.map(async (outlet) => ({ name: outlet.counters.name, ...(await outlet.cut()) })),
      ),
    };
    this.#isSettling = false;
    return taken;
  }

  /** A sink that only a replay writes to is done with once all letters are in it. */
  #tokensOf(
    sinks: readonly { readonly name: string; readonly token: Token | null }[],
    isReplayDone: boolean,
  ): Checkpoint['sinks'] {
    const { replay, last, spec } = this.#parts;
    const isOwn = (name: string) => spec.sinks.some((sink) => sink.name === name);
    const kept = sinks.filter(({ name }) => !isReplayDone || isOwn(name));
    return {
      ...(replay === undefined ? undefined : last?.sinks),
      ...Object.fromEntries(kept.map(({ name, token }) => [name, token])),
    };
  }

  /** Where the sources stand; a replay reads nothing of them. */
  #sources(): Checkpoint['sources'] {
    if (this.#parts.replay !== undefined) return this.#parts.last?.sources ?? {};
    return Object.fromEntries(this.#parts.intakes.map((intake) => [intake.name, intake.checkpoint()]));
  }

  async #save(checkpoint: Checkpoint, effects: Effects): Promise<number> {
    const saved = await this.#parts.lease.save(checkpoint, effects);
    if (saved === 'fenced') throw new TakenOverError(checkpoint.job);
    this.#lastSaved = checkpoint;
    return saved.bytes;
  }

  /**
   * Delivers the rows that a saved checkpoint holds. What is refused for good becomes letters of one more checkpoint,
   * which is the same but for them.
   */
  async #deliver(saved: Checkpoint): Promise<void> {
    const { staged, lease, clock, outbox } = this.#parts;
    for (let checkpoint = saved; ; ) {
      const { number } = checkpoint;
      const outcomes = await Promise.all(staged.map((outlet) => outlet.deliver(number)));
      const refusals = outcomes.filter((letters) => letters !== undefined);
      if (refusals.length === 0) return;
      const refused = refusals.flat();
      const totals = staged.map((outlet) => [outlet.counters.name, outlet.totals] as const);
      checkpoint = {
        ...checkpoint,
        number: ++this.#number,
        epoch: lease.epoch,
        createdAt: clock.now(),
        counters: { ...checkpoint.counters, ...Object.fromEntries(totals) },
        staged: undefined,
        ...stagedIn(staged),
        outbox: await outbox?.cut(refused),
      };
      const rows = staged.flatMap((outlet) => outlet.saved);
      await this.#save(checkpoint, { state: [], letters: refused, staged: rows });
      await outbox?.deliver(checkpoint.number, refused);
    }
  }

  async #publish(sources: Checkpoint['sources'], status: CheckpointStatus): Promise<void> {
    const now = this.#parts.clock.elapsed();
    const isDue = status !== 'running' || now >= this.#publishDue;
    if (isDue) this.#publishDue = now + PUBLISH_EVERY;
    const told = this.#parts.intakes.filter(({ source }) => isDue || source.sharesPositions);
    await Promise.all(told.map(({ name, source }) => source.committed?.(sources[name]!.positions)));
  }
}

function totalsOf(parts: EngineParts): Checkpoint['counters'] {
  return Object.fromEntries([...countersOf(parts)].map((counters) => [counters.name, counters.totals()]));
}

function asReplayed(letter: DeadLetter): DeadLetter {
  return { ...letter, status: 'replayed' };
}

function stagedIn(outlets: readonly StagedOutlet[]): Pick<Checkpoint, 'staged'> {
  const counts = outlets.map(({ counters, saved }) => [counters.name, saved.length] as const);
  const some = counts.filter(([, chunks]) => chunks > 0);
  return some.length === 0 ? {} : { staged: Object.fromEntries(some) };
}
