import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import type { Checkpoint, CheckpointStatus, Effects, Lease } from '../checkpoint/store.ts';
import type { Clock, Millis } from '../clock.ts';
import { OutputClosed, TakenOverError } from '../errors.ts';
import type { CounterTotals, NodeCounters } from '../metrics/counters.ts';
import type { JobSpec } from '../spec/job.ts';
import type { Bell } from './bell.ts';
import { Convoy } from './convoy.ts';
import type { Entrance } from './entrance.ts';
import type { Graph } from './graph.ts';
import type { JoinedOutlet } from './joined-outlet.ts';
import type { LetterBox } from './letters.ts';
import type { Outbox } from './outbox.ts';
import type { Outlet } from './outlet.ts';
import type { Replay } from './replay.ts';
import type { StageQueue } from './stage-queue.ts';
import type { StagedOutlet } from './staged-outlet.ts';

/** Events that go through the graph before pending I/O gets a turn: a few milliseconds' worth. */
const SLICE = 1000;
/** Letters held in memory at the most, before a checkpoint takes them. */
const MOST_LETTERS = 10_000;
/** How often positions are passed on to sources that publish them (Kafka's group, for lag tools). */
const PUBLISH_EVERY: Millis = 5000;

export interface EngineParts {
  readonly spec: JobSpec;
  readonly specHash: string;
  /** The spec as the checkpoint keeps it, with secrets as references. */
  readonly storedSpec: unknown;
  readonly graph: Graph;
  readonly intakes: readonly Entrance[];
  /** Dead letters that are replayed, instead of what the sources hold; these are counted on, and not read. */
  readonly replay?: Replay | undefined;
  readonly sources: readonly Pick<Entrance, 'counters'>[];
  readonly outlets: readonly Outlet[];
  readonly joined: readonly JoinedOutlet[];
  readonly staged: readonly StagedOutlet[];
  readonly letters: LetterBox;
  /** The way of letters to a copy outside the checkpoints, if the job has one. */
  readonly outbox?: Outbox | undefined;
  readonly lease: Lease;
  readonly bell: Bell;
  readonly clock: Clock;
  /** The checkpoint that the job resumes from; undefined on a fresh start. */
  readonly last: Checkpoint | undefined;
}

/** More events were refused than `max_errors` allows. */
export class ErrorBudgetSpent extends Error {
  override readonly name = 'ErrorBudgetSpent';
}

/** How the engine stopped by itself; `closed`: whoever read the output had enough. */
export type EngineEnd = Exclude<CheckpointStatus, 'running'> | 'closed';

/**
 * The loop of a running job: admits records, pushes them through the graph in slices, lets sinks write, and cuts
 * checkpoints between slices. Everything between two awaits is synchronous, so a cut sees a consistent state.
 */
export class Engine {
  readonly checkpoints = { count: 0, lastAt: null as Millis | null, lastDuration: 0, lastBytes: 0 };
  /** The most events that ever waited in all queues together. */
  maxQueueDepth = 0;
  readonly #parts: EngineParts;
  #number: number;
  #checkpointDue: Millis;
  #publishDue: Millis;
  #saving: Promise<void> | undefined;
  #failure: { error: unknown } | undefined;
  #isDraining = false;
  #isPaused = false;
  /** Nothing enters the graph while its stages run empty for a checkpoint. */
  #isSettling = false;
  readonly #stages: readonly StageQueue[];
  /** Only where sources are to advance together. */
  readonly #convoy: Convoy<Entrance> | undefined;
  #lastSaved: Checkpoint | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#number = parts.last?.number ?? -1;
    this.#stages = parts.graph.stages;
    if (parts.spec.coordination === 'timestamp') this.#convoy = new Convoy(parts.intakes);
    const now = parts.clock.elapsed();
    this.#checkpointDue = now + this.#interval;
    this.#publishDue = now + PUBLISH_EVERY;
  }

  get isDraining(): boolean {
    return this.#isDraining;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Takes nothing from the sources until told otherwise; what is in the queue is still processed. */
  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#parts.bell.ring();
  }

  /**
   * Takes no more from the sources; what is in the queue is still processed, and then `run` resolves. Where events wait
   * for others on their way, that could last: there the queue is left for a recovery to read again.
   */
  drain(): void {
    this.#isDraining = true;
    if (this.#stages.length > 0) for (const intake of this.#parts.intakes) intake.leaveQueue();
    this.#parts.bell.ring();
  }

  /** Ends the run: `run` rejects with the first error it is given. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#parts.bell.ring();
  }

  /** Runs until all input is done, the job is drained, or something fails. The last checkpoint is saved by then. */
  async run(): Promise<EngineEnd> {
    try {
      await this.#parts.outbox?.resume();
      if (this.#parts.last !== undefined) await this.#deliver(this.#parts.last);
      await this.checkpointNow();
      await this.#loop();
      if (!this.#isDraining) for (const intake of this.#parts.intakes) intake.endOfTime();
      const end = this.#isDraining ? 'drained' : 'finished';
      // A finished job is never recovered: its last rows and letters are delivered by then.
      if (this.#parts.staged.length > 0 || this.#parts.outbox !== undefined) await this.#saveLast('running');
      await this.#saveLast(end);
      if (this.#isOverBudget()) throw this.#budgetSpent();
      return end;
    } catch (error) {
      if (!(error instanceof OutputClosed)) throw error;
      await this.#abandonOutput();
      return 'closed';
    }
  }

  /** A sink that is not the job's own is done with once all letters are in it. */
  #isOwn(sink: string): boolean {
    return this.#parts.spec.sinks.some(({ name }) => name === sink);
  }

  /** A replay leaves the job as it found it: done, or to be gone on with. */
  #statusOf(status: CheckpointStatus): CheckpointStatus {
    if (this.#parts.replay === undefined) return status;
    return this.#parts.last?.status === 'finished' ? 'finished' : 'drained';
  }

  /** Saves a checkpoint of all that was processed so far. */
  async checkpointNow(status: CheckpointStatus = 'running'): Promise<void> {
    while (this.#saving !== undefined) await this.#saving;
    this.#saving = this.#checkpoint(status).finally(() => {
      this.#saving = undefined;
      this.#parts.bell.ring();
    });
    await this.#saving;
  }

  get #interval(): Millis {
    return this.#parts.spec.checkpoint?.interval ?? Number.POSITIVE_INFINITY;
  }

  async #loop(): Promise<void> {
    const { clock, bell, intakes } = this.#parts;
    for (;;) {
      this.#throwFailure();
      let work = 0;
      if (!this.#isDraining && !this.#isPaused) work += this.#admit();
      work += this.#process();
      for (const stage of this.#stages) stage.pump();
      for (const outlet of this.#parts.outlets) outlet.pump();
      for (const outlet of this.#parts.staged) outlet.pump();
      if (this.#isCheckpointDue() && this.#saving === undefined) {
        this.checkpointNow().catch((error) => this.fail(error));
      }
      if (!this.#isDraining && this.#isOverBudget()) this.drain();
      if (intakes.every((intake) => intake.queue.isEmpty && (this.#isDraining || this.#isAtEnd(intake))))
        return;
      if (work > 0) await clock.yield();
      else await bell.wait(this.#nextDeadline() - clock.elapsed());
    }
  }

  #admit(): number {
    let admitted = 0;
    let waiting = 0;
    for (const intake of this.#parts.intakes) {
      admitted += intake.admit(this.#limitLeft());
      waiting += intake.queue.depth;
    }
    if (waiting > this.maxQueueDepth) this.maxQueueDepth = waiting;
    return admitted;
  }

  #process(): number {
    const { intakes } = this.#parts;
    let processed = 0;
    if (this.#convoy !== undefined) {
      const isExpected = (intake: Entrance) => !this.#isDraining && !this.#isAtEnd(intake);
      const most = Math.min(SLICE * intakes.length, this.#roomInStages());
      processed = this.#convoy.process(most, isExpected, () => this.#hasRoom());
    } else {
      for (const intake of intakes) {
        if (!this.#hasRoom()) break;
        processed += intake.process(Math.min(SLICE, this.#roomInStages()));
      }
    }
    // A source that is through holds up no event time that it shares with others.
    if (intakes.length > 1) for (const intake of intakes) if (intake.finished) intake.endOfTime();
    return processed;
  }

  #hasRoom(): boolean {
    return (
      !this.#isSettling &&
      this.#roomInStages() > 0 &&
      this.#parts.letters.waiting < MOST_LETTERS &&
      this.#parts.outlets.every((outlet) => outlet.hasRoom) &&
      this.#parts.joined.every((outlet) => !outlet.isFull) &&
      this.#parts.staged.every((outlet) => !outlet.isFull)
    );
  }

  /** What enters the graph may wait in a stage: so many events more at the most. */
  #roomInStages(): number {
    let room = Number.POSITIVE_INFINITY;
    for (const stage of this.#stages) if (stage.room < room) room = stage.room;
    return room;
  }

  /** How many records may still be admitted under `limit`. */
  #limitLeft(): number {
    const { limit } = this.#parts.spec;
    if (limit === null) return Number.POSITIVE_INFINITY;
    let taken = 0;
    for (const { counters, queue } of this.#parts.intakes) taken += counters.in + queue.depth;
    return Math.max(0, limit - taken);
  }

  #isAtEnd(intake: Entrance): boolean {
    return intake.finished || this.#limitLeft() === 0;
  }

  #isCheckpointDue(): boolean {
    const { clock, joined, staged, letters } = this.#parts;
    if (letters.waiting >= MOST_LETTERS || [...joined, ...staged].some((outlet) => outlet.isFull))
      return true;
    const now = clock.elapsed();
    return this.#checkpointDue <= now || joined.some((outlet) => outlet.deadline <= now);
  }

  #nextDeadline(): Millis {
    const { outlets, joined } = this.#parts;
    const flushes = outlets.map((outlet) => outlet.deadline);
    // Until the checkpoint in progress is saved, the next one waits however long it has been due.
    if (this.#saving !== undefined) return Math.min(...flushes);
    return Math.min(this.#checkpointDue, ...flushes, ...joined.map((outlet) => outlet.deadline));
  }

  #isOverBudget(): boolean {
    const budget = this.#parts.spec.max_errors;
    if (budget === null) return false;
    let read = 0;
    let errors = 0;
    for (const counters of this.#allCounters()) {
      if (counters.kind === 'source') read += counters.in;
      errors += counters.deadLetters + counters.skipped;
    }
    return 'count' in budget ? errors > budget.count : read >= 100 && errors * 100 > budget.percent * read;
  }

  #budgetSpent(): ErrorBudgetSpent {
    const budget = this.#parts.spec.max_errors!;
    const allowed = 'count' in budget ? `${budget.count}` : `${budget.percent} %`;
    const newest = this.#parts.letters.recent.at(-1)?.message ?? '';
    return new ErrorBudgetSpent(`more than ${allowed} events failed; the last one: ${newest}`);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** A checkpoint when all is processed; a sink may still fail meanwhile. */
  async #saveLast(status: CheckpointStatus): Promise<void> {
    const { bell } = this.#parts;
    let done = false;
    const last = this.checkpointNow(status)
      .catch((error) => this.fail(error))
      .finally(() => {
        done = true;
        bell.ring();
      });
    while (!done) {
      this.#throwFailure();
      await bell.wait(1000);
    }
    await last;
    this.#throwFailure();
  }

  /** Whoever read our output has seen enough: the job is done, and nothing is left to recover. */
  async #abandonOutput(): Promise<void> {
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

  async #checkpoint(status: CheckpointStatus): Promise<void> {
    const { clock, letters, outlets, joined, staged, lease, spec, replay, outbox } = this.#parts;
    const carried = replay === undefined ? undefined : this.#parts.last;
    // What is in a stage is neither read nor written: the cut waits until nothing is, and follows in the same instant.
    this.#isSettling = true;
    while (this.#stages.some((stage) => !stage.isEmpty)) await this.#emptyStages();
    const began = clock.elapsed();
    this.#checkpointDue = began + this.#interval;
    const number = ++this.#number;
    const sealed = letters.seal();
    const sources = this.#sources();
    const replayed = replay?.takeProcessed() ?? [];
    const isReplayed = replay?.finished ?? false;
    const counters: Record<string, CounterTotals> = { ...carried?.counters };
    for (const each of this.#allCounters()) counters[each.name] = each.totals();
    const state = this.#parts.graph.freeze();
    const keys = this.#parts.graph.keys();
    const rows = joined.map((outlet) => ({ outlet, cut: outlet.cut() }));
    const staging = staged.map(async (outlet) => ({ outlet, cut: await outlet.cut() }));
    const cutting = outlets.map(async (outlet) => ({ outlet, cut: await outlet.cut() }));
    this.#isSettling = false;
    const cuts = await Promise.all(cutting);
    for (const { outlet, cut } of cuts) {
      counters[outlet.counters.name] = cut.totals;
      sealed.push(...cut.letters);
    }
    const stages = await Promise.all(staging);
    const tokens = [...cuts, ...stages].map(({ outlet, cut }) => [outlet.counters.name, cut.token] as const);
    const posted: DeadLetter[] = [...replayed.map(asReplayed), ...sealed];
    const checkpoint: Checkpoint = {
      job: spec.name,
      number,
      epoch: lease.epoch,
      createdAt: clock.now(),
      status: this.#statusOf(status),
      spec: this.#parts.storedSpec,
      specHash: this.#parts.specHash,
      sources,
      sinks: {
        ...carried?.sinks,
        ...Object.fromEntries(tokens.filter(([name]) => !isReplayed || this.#isOwn(name))),
      },
      counters,
      keys: { ...carried?.keys, ...keys },
      ...stagedIn(staged),
      outbox: await outbox?.cut(posted),
    };
    const bytes = await this.#save(checkpoint, {
      state,
      staged: stages.flatMap(({ cut }) => cut.chunks),
      letters: sealed,
      replayed: replayed.map(({ id }) => id),
      join(transaction) {
        const applied = rows.map(
          ({ outlet, cut }) => [outlet.counters.name, cut.apply(transaction)] as const,
        );
        const refused = applied.flatMap(([, { letters }]) => letters);
        posted.push(...refused);
        return {
          letters: refused,
          counters: Object.fromEntries(applied.map(([name, { totals }]) => [name, totals])),
        };
      },
    });
    for (const { cut } of rows) cut.acknowledged();
    for (const { outlet, cut } of cuts) await outlet.sink.committed?.(cut.token);
    this.checkpoints.count++;
    this.checkpoints.lastAt = clock.now();
    this.checkpoints.lastDuration = clock.elapsed() - began;
    this.checkpoints.lastBytes = bytes;
    await outbox?.deliver(number, posted);
    await this.#publish(sources, status);
    await this.#deliver(checkpoint);
  }

  /** Time may move on meanwhile, and something come into them again. */
  async #emptyStages(): Promise<void> {
    for (const stage of this.#stages) await stage.emptied();
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
    if (status === 'running' && now < this.#publishDue) return;
    this.#publishDue = now + PUBLISH_EVERY;
    await Promise.all(
      this.#parts.intakes.map((intake) => intake.source.committed?.(sources[intake.name]!.positions)),
    );
  }

  *#allCounters(): Iterable<NodeCounters> {
    for (const { counters } of this.#parts.sources) yield counters;
    for (const { counters } of this.#parts.graph.nodes) yield counters;
    for (const { counters } of this.#parts.outlets) yield counters;
    for (const { counters } of this.#parts.joined) yield counters;
    for (const { counters } of this.#parts.staged) yield counters;
  }
}

function asReplayed(letter: DeadLetter): DeadLetter {
  return { ...letter, status: 'replayed' };
}

function stagedIn(outlets: readonly StagedOutlet[]): Pick<Checkpoint, 'staged'> {
  const counts = outlets.map(({ counters, saved }) => [counters.name, saved.length] as const);
  const some = counts.filter(([, chunks]) => chunks > 0);
  return some.length === 0 ? {} : { staged: Object.fromEntries(some) };
}
