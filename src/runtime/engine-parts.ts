import type { Checkpoint, Lease } from '../checkpoint/store.ts';
import type { Clock } from '../clock.ts';
import type { NodeCounters } from '../metrics/counters.ts';
import type { JobSpec } from '../spec/job.ts';
import type { Bell } from './bell.ts';
import type { Entrance } from './entrance.ts';
import type { Graph } from './graph.ts';
import type { JoinedOutlet } from './joined-outlet.ts';
import type { LetterBox } from './letters.ts';
import type { Outbox } from './outbox.ts';
import type { Outlet } from './outlet.ts';
import type { Replay } from './replay.ts';
import type { StagedOutlet } from './staged-outlet.ts';

/** What a running job is made of. */
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

/** The counters of every node, sources first. */
export function* countersOf(
  parts: Pick<EngineParts, 'sources' | 'graph' | 'outlets' | 'joined' | 'staged'>,
): Iterable<NodeCounters> {
  for (const { counters } of parts.sources) yield counters;
  for (const { counters } of parts.graph.nodes) yield counters;
  for (const { counters } of parts.outlets) yield counters;
  for (const { counters } of parts.joined) yield counters;
  for (const { counters } of parts.staged) yield counters;
}
