import type { CheckpointStatus } from '../checkpoint/store.ts';
import type { Millis } from '../clock.ts';
import { OutputClosed, SpecError } from '../errors.ts';
import { Checkpointer, MOST_LETTERS } from './checkpointer.ts';
import { Convoy } from './convoy.ts';
import { countersOf, type EngineParts } from './engine-parts.ts';
import type { Entrance } from './entrance.ts';
import { ErrorBudget } from './error-budget.ts';
import type { Replay } from './replay.ts';
import type { StageQueue } from './stage-queue.ts';

/** Events that go through the graph before pending I/O gets a turn: a few milliseconds' worth. */
const SLICE = 1000;

/** How the engine stopped by itself; `closed`: whoever read the output had enough. */
export type EngineEnd = Exclude<CheckpointStatus, 'running'> | 'closed';

/**
 * The loop of a running job: admits records, pushes them through the graph in slices, lets sinks write, and cuts
 * checkpoints between slices. Everything between two awaits is synchronous, so a cut sees a consistent state.
 */
export class Engine {
  /** The most events that ever waited in all queues together. */
  maxQueueDepth = 0;
  readonly #parts: EngineParts;
  readonly #checkpointer: Checkpointer;
  readonly #budget: ErrorBudget;
  readonly #stages: readonly StageQueue[];
  /** Only where sources are to advance together. */
  readonly #convoy: Convoy<Entrance> | undefined;
  #failure: { error: unknown } | undefined;
  #isDraining = false;
  #isPaused = false;
  #isOver = false;
  /** Dead letters that go through the job beside what its sources hold. */
  #guest: Replay | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#checkpointer = new Checkpointer(parts);
    this.#budget = new ErrorBudget(parts.spec.max_errors);
    this.#stages = parts.graph.stages;
    if (parts.spec.coordination === 'timestamp') this.#convoy = new Convoy(parts.intakes);
  }

  /** Those of this run. */
  get checkpoints(): Checkpointer['figures'] {
    return this.#checkpointer.figures;
  }

  /** Whether the job is saved as done, so that there is nothing to recover, whatever goes wrong after that. */
  get isDone(): boolean {
    return this.#checkpointer.isDone;
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
    this.#guest?.stop();
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
      await this.#checkpointer.begin();
      await this.#loop();
      if (!this.#isDraining) for (const intake of this.#parts.intakes) intake.endOfTime();
      const end = this.#isDraining ? 'drained' : 'finished';
      // A finished job is never recovered: its last rows and letters are delivered by then.
      if (this.#parts.staged.length > 0 || this.#parts.outbox !== undefined) await this.#saveLast('running');
      await this.#saveLast(end);
      if (this.#isOverBudget(true)) throw this.#overBudget();
      return end;
    } catch (error) {
      if (!(error instanceof OutputClosed)) throw error;
      await this.#checkpointer.abandonOutput();
      return 'closed';
    } finally {
      this.#isOver = true;
      this.#guest?.stop();
    }
  }

  /**
   * Lets dead letters in beside what the sources hold, one replay at a time. Resolves when all that came of those that
   * went in is durable; with false if the job ended before that.
   */
  async replay(letters: Replay): Promise<boolean> {
    if (this.#isOver || this.#isDraining) return false;
    if (this.#guest !== undefined)
      throw new SpecError('dead letters are being replayed into this job already', {
        hint: 'wait for that replay to end, or end it with Ctrl-C',
      });
    this.#guest = letters;
    this.#checkpointer.guest = letters;
    this.#parts.bell.ring();
    try {
      await letters.through;
      if (this.#isOver) return false;
      await this.checkpointNow();
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    } finally {
      this.#guest = undefined;
      this.#checkpointer.guest = undefined;
      this.#parts.bell.ring();
    }
  }

  /** Saves a checkpoint of all that was processed so far. */
  checkpointNow(): Promise<void> {
    return this.#checkpointer.save();
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
      if (this.#checkpointer.isDue) this.checkpointNow().catch((error) => this.fail(error));
      if (!this.#isDraining && this.#isOverBudget(false)) this.drain();
      const isDone = (intake: Entrance) =>
        intake.queue.isEmpty && (this.#isDraining || this.#isAtEnd(intake));
      if (this.#guest === undefined && intakes.every(isDone)) return;
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
    if (this.#guest !== undefined) admitted += this.#guest.admit();
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
    if (this.#guest !== undefined && this.#hasRoom())
      processed += this.#guest.process(Math.min(SLICE, this.#roomInStages()));
    // A source that is through holds up no event time that it shares with others.
    if (intakes.length > 1) for (const intake of intakes) if (intake.finished) intake.endOfTime();
    return processed;
  }

  #hasRoom(): boolean {
    return (
      !this.#checkpointer.isSettling &&
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
    for (const { counters, queue } of this.#parts.intakes) taken += counters.in + queue.depth + queue.dropped;
    return Math.max(0, limit - taken);
  }

  #isAtEnd(intake: Entrance): boolean {
    return intake.finished || this.#limitLeft() === 0;
  }

  #nextDeadline(): Millis {
    return Math.min(this.#checkpointer.deadline, ...this.#parts.outlets.map((outlet) => outlet.deadline));
  }

  #isOverBudget(isOver: boolean): boolean {
    return this.#budget.isSpent(countersOf(this.#parts), isOver);
  }

  #overBudget(): Error {
    const newest = this.#parts.letters.recent.newest.at(-1)?.message ?? '';
    return this.#budget.error(countersOf(this.#parts), newest);
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** A checkpoint when all is processed; a sink may still fail meanwhile. */
  async #saveLast(status: CheckpointStatus): Promise<void> {
    const { bell } = this.#parts;
    let done = false;
    const last = this.#checkpointer
      .save(status)
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
}
