import type { DeadLetter, Letters } from '../checkpoint/dead-letter.ts';
import type { Checkpoint, Lease } from '../checkpoint/store.ts';
import type { Clock } from '../clock.ts';
import type { Plan } from '../plan/model.ts';
import type { JobSpec } from '../spec/job.ts';
import type { ReplayTarget } from './doors.ts';
import type { Engine } from './engine.ts';
import type { Graph } from './graph.ts';
import type { Monitor } from './monitor.ts';
import type { LetterFates, OngoingReplay } from './ongoing-replay.ts';

/** What a job is put together from. */
export interface Assembly {
  readonly spec: JobSpec;
  /** As checkpoints keep it. */
  readonly storedSpec: JobSpec;
  readonly plan: Plan;
  readonly specHash: string;
  readonly lease: Lease;
  /** The dead letters that the job's checkpoints hold. */
  readonly kept: Letters;
  /** The checkpoint to go on from; undefined on a fresh start. */
  readonly last: Checkpoint | undefined;
  readonly clock: Clock;
  readonly monitor: Monitor;
  readonly notice: (line: string) => void;
  /** Whether a person has agreed to rows that are delivered twice. */
  readonly allowsDuplicates: boolean;
  readonly loading: (progress: StateLoading) => void;
  /** Dead letters to be replayed, instead of what the sources hold. */
  readonly replay?: ReplayOrder | undefined;
}

export interface ReplayOrder {
  readonly letters: readonly DeadLetter[];
  readonly target: ReplayTarget;
  /** So many attempts, and a letter is put in quarantine. */
  readonly maxAttempts: number;
  /** Whether its rows are as new as any, rather than as old as the letter. */
  readonly isNew: boolean;
}

/** How much of a checkpoint's keyed state has been loaded. */
export interface StateLoading {
  readonly entries: number;
  /** Keys in all; some may come in several entries. */
  readonly keys: number;
}

export interface AssembledJob {
  readonly engine: Engine;
  readonly graph: Graph;
  /** Connects sinks, then sources. Throws UnreachableError or SpecError. */
  open(): Promise<void>;
  /** Sends dead letters through the job beside what its sources hold. Throws SpecError. */
  replay(order: ReplayOrder): OngoingReplay;
  /** What has become of the letters that were replayed so far. */
  fates(): LetterFates;
  /** Closes whatever was opened; never rejects. */
  close(): Promise<void>;
}
