import type { SinkMode } from '../component/sink.ts';
import { SpecError } from '../errors.ts';
import type { JobSpec, SinkSpec } from '../spec/job.ts';
import type { Guarantee, Input, PlannedOperator, PlannedSource } from './model.ts';

/** The nodes whose events reach a sink. */
export interface Upstream {
  readonly sources: readonly PlannedSource[];
  readonly operators: readonly PlannedOperator[];
}

/** All nodes that `inputs` depend on. */
export function upstreamOf(inputs: readonly Input[], all: Upstream): Upstream {
  const reached = new Set<string>();
  const visit = ({ node }: Input): void => {
    if (reached.has(node)) return;
    reached.add(node);
    all.operators.find(({ spec }) => spec.name === node)?.inputs.forEach(visit);
  };
  inputs.forEach(visit);
  return {
    sources: all.sources.filter(({ spec }) => reached.has(spec.name)),
    operators: all.operators.filter(({ spec }) => reached.has(spec.name)),
  };
}

/**
 * The mode in which a sink runs, given the strongest that it can. Upserts behind a node that is not deterministic are
 * staged, as another run may make other rows. Throws SpecError where there is nothing to stage rows in.
 */
export function modeOf(strongest: SinkMode, sink: SinkSpec, spec: JobSpec, upstream: Upstream): SinkMode {
  if (strongest === 'staged' && spec.checkpoint === null) {
    throw new SpecError('exactly_once needs checkpoints, in which rows wait to be delivered', {
      place: `sinks.${sink.name}.guarantee`,
      hint: 'take out "checkpoint: none", or make it at_least_once',
    });
  }
  const repeats = spec.checkpoint !== null && passingOf(upstream) === undefined;
  return strongest === 'upsert' && repeats && nonDeterminism(upstream) !== undefined ? 'staged' : strongest;
}

/** What a sink of this mode promises in this job, with the reason that `explain` prints. */
export function guaranteeOf(mode: SinkMode, spec: JobSpec, upstream: Upstream): Guarantee {
  if (spec.checkpoint === null) {
    return { promise: 'at most once', reason: 'checkpoint: none — nothing is resumed after a crash' };
  }
  const passing = passingOf(upstream);
  if (passing !== undefined) {
    return {
      promise: 'at most once',
      reason: `${passing.spec.name} (${passing.spec.type}) can't be read again`,
    };
  }
  if (sharedIn(upstream) !== undefined && mode === 'joined') return guaranteeOf('upsert', spec, upstream);
  switch (mode) {
    case 'joined':
      return { promise: 'exactly once', reason: 'rows and positions are one transaction' };
    case 'staged':
      return { promise: 'exactly once', reason: stagedReason(upstream) };
    case 'file':
      return { promise: 'exactly once', reason: 'the length is in the checkpoint; recovery goes back to it' };
    case 'upsert':
      return {
        promise: 'exactly-once effect',
        reason: 'every row has a deterministic identity; a repeat changes nothing',
      };
    case 'direct':
      return { promise: 'at least once', reason: 'a repeat is delivered again' };
  }
}

/** Whether a source gives the same events to every run, or the reason why not. */
export function sourceDeterminism(
  { definition, spec: source }: Pick<PlannedSource, 'definition' | 'spec'>,
  spec: JobSpec,
) {
  if (!definition.replayable) return "it can't be read again";
  if (source.close_when_idle) return 'close_when_idle goes by the clock';
  const { strategy } = spec.backpressure;
  return strategy === 'block' || `backpressure ${strategy} goes by the speed of this run`;
}

function passingOf({ sources }: Upstream): PlannedSource | undefined {
  return sources.find(({ definition }) => !definition.replayable);
}

/** A source that other processes read too, if there is one. */
export function sharedIn({ sources }: Upstream): PlannedSource | undefined {
  return sources.find(({ spec, definition }) => definition.isShared?.(spec.options as never));
}

function stagedReason(upstream: Upstream): string {
  const delivered = 'rows are delivered after the checkpoint that holds them';
  const reason = nonDeterminism(upstream);
  return reason === undefined ? delivered : `${delivered}, as another run may make others (${reason})`;
}

/** Why a second run over the same input may give other rows; undefined if it can't. */
export function nonDeterminism({ sources, operators }: Upstream): string | undefined {
  for (const { spec, deterministic } of [...sources, ...operators]) {
    if (deterministic !== true) return `${spec.name}: ${deterministic}`;
  }
  return undefined;
}
