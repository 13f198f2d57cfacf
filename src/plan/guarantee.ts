import type { SinkMode } from '../component/sink.ts';
import type { JobSpec } from '../spec/job.ts';
import type { Guarantee, PlannedOperator, PlannedSink, PlannedSource } from './model.ts';

const weakestFirst: readonly Guarantee['promise'][] = [
  'at most once',
  'at least once',
  'exactly-once effect',
  'exactly once',
];

/** What all sinks of a job promise together: no more than the weakest of them. */
export function weakestPromise(sinks: readonly PlannedSink[]): Guarantee['promise'] {
  const promises = new Set(sinks.map((sink) => sink.guarantee.promise));
  return weakestFirst.find((promise) => promises.has(promise)) ?? 'exactly once';
}

/** What a sink of this mode promises in this job, with the reason that `explain` prints. */
export function guaranteeOf(
  mode: SinkMode,
  spec: JobSpec,
  sources: readonly PlannedSource[],
  operators: readonly PlannedOperator[],
): Guarantee {
  if (spec.checkpoint === null) {
    return { promise: 'at most once', reason: 'checkpoint: none — nothing is resumed after a crash' };
  }
  const passing = sources.find((source) => !source.definition.replayable);
  if (passing !== undefined) {
    return {
      promise: 'at most once',
      reason: `${passing.spec.name} (${passing.spec.type}) can't be read again`,
    };
  }
  const reason = nonDeterminism(spec, operators);
  switch (mode) {
    case 'joined':
      return { promise: 'exactly once', reason: 'rows and positions are one transaction' };
    case 'staged':
      return { promise: 'exactly once', reason: 'rows are delivered after the checkpoint that holds them' };
    case 'file':
      return { promise: 'exactly once', reason: 'the length is in the checkpoint; recovery goes back to it' };
    case 'upsert':
      return reason === null
        ? {
            promise: 'exactly-once effect',
            reason: 'every row has a deterministic identity; a repeat changes nothing',
          }
        : { promise: 'at least once', reason: `a repeat may write other rows: ${reason}` };
    case 'direct':
      return { promise: 'at least once', reason: 'a repeat is delivered again' };
  }
}

/** Why a second run over the same input may give other events; null if it can't. */
function nonDeterminism(spec: JobSpec, operators: readonly PlannedOperator[]): string | null {
  if (spec.backpressure.strategy !== 'block')
    return `backpressure ${spec.backpressure.strategy} depends on speed`;
  for (const { spec: operator, definition } of operators) {
    const verdict = definition.deterministic(operator.options);
    if (verdict !== true) return `${operator.name}: ${verdict}`;
  }
  return null;
}
