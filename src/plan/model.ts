import type {
  OperatorDefinition,
  ResultShape,
  SinkDefinition,
  SourceDefinition,
} from '../component/define.ts';
import type { SinkMode } from '../component/sink.ts';
import type { JobSpec, OperatorSpec, SinkSpec, SourceSpec } from '../spec/job.ts';

/** Where a node's events come from: a node's name, and the port if it is not the default one. */
export interface Input {
  readonly node: string;
  readonly port: string | null;
}

export interface PlannedInput extends Input {
  /** Whether another input of the node may bring it an event of the same identity. */
  readonly isShared: boolean;
}

export interface PlannedSource {
  readonly spec: SourceSpec;
  readonly definition: SourceDefinition;
  /** Whether a second run gives the same events in the same order within a partition, or the reason why not. */
  readonly deterministic: true | string;
}

export interface PlannedOperator {
  readonly spec: OperatorSpec;
  readonly definition: OperatorDefinition;
  /** Whether the same input always gives the same output, or the reason why not. */
  readonly deterministic: true | string;
  readonly inputs: readonly PlannedInput[];
  /** What is known of its results. */
  readonly results: ResultShape | undefined;
}

export interface PlannedSink {
  /** Without a key of its own, a sink has what identifies the results that it is given. */
  readonly spec: SinkSpec;
  readonly definition: SinkDefinition;
  readonly inputs: readonly PlannedInput[];
  readonly mode: SinkMode;
  /** What a reader of the sink may rely on after a crash, and why. */
  readonly guarantee: Guarantee;
  /** Whether it is given final results alone, and no removals. */
  readonly appendsOnly: boolean;
  /** What is known of the rows; undefined where they are events as they came. */
  readonly fields: ResultShape['fields'] | undefined;
}

export interface Guarantee {
  readonly promise: 'exactly once' | 'exactly-once effect' | 'at least once' | 'at most once';
  readonly reason: string;
}

/** A job, ready to be run: nodes in an order in which every node stands behind its inputs. */
export interface Plan {
  readonly spec: JobSpec;
  readonly sources: readonly PlannedSource[];
  readonly operators: readonly PlannedOperator[];
  readonly sinks: readonly PlannedSink[];
  /** The database of joined sinks, which then holds the checkpoints too. */
  readonly joinedFile: string | null;
}
