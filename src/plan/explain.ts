import { endpointOf } from '../clients/cassandra/options.ts';
import type { SourceDefinition } from '../component/define.ts';
import { formatDuration } from '../duration.ts';
import type { CheckpointSpec, SourceSpec } from '../spec/job.ts';
import type { Input, Plan } from './model.ts';

/**
 * The plan for a person: nodes in order, where each reads from, whether it is deterministic and why not, and what each
 * sink promises, with the reason.
 */
export function explainPlan(plan: Plan): string {
  const { spec } = plan;
  const rows = [
    ...plan.sources.map(({ spec: source, definition, deterministic }) => [
      'source',
      source.name,
      source.type,
      '',
      `${verdict(deterministic)}; ${source.format}, ${timing(source, definition)}`,
    ]),
    ...plan.operators.map(({ spec: operator, inputs, deterministic }) => [
      'operator',
      operator.name,
      operator.type,
      from(inputs),
      verdict(deterministic),
    ]),
    ...plan.sinks.map(({ spec: sink, inputs, mode, guarantee }) => [
      'sink',
      sink.name,
      sink.type,
      from(inputs),
      `${mode}, ${guarantee.promise}: ${guarantee.reason}`,
    ]),
  ];
  return [`job ${spec.name}`, ...aligned(rows).map((row) => `  ${row}`), ...settings(plan)].join('\n');
}

function verdict(deterministic: true | string): string {
  return deterministic === true ? 'deterministic' : `not deterministic: ${deterministic}`;
}

function timing({ time, watermark }: SourceSpec, { hasTimestamps }: SourceDefinition): string {
  if (time === null && !hasTimestamps) return 'no event time';
  const field = time === null ? 'time of the record' : `time ${time}`;
  return `${field}, watermark ${formatDuration(watermark)} behind`;
}

function from(inputs: readonly Input[]): string {
  return `← ${inputs.map(({ node, port }) => (port === null ? node : `${node}.${port}`)).join(', ')}`;
}

function settings({ spec, joinedFile }: Plan): string[] {
  const { checkpoint, backpressure, dead_letters: letters } = spec;
  const place = joinedFile ?? placeOf(checkpoint?.store);
  const saved =
    checkpoint === null
      ? 'none'
      : joinedFile === null
        ? `every ${formatDuration(checkpoint.interval)}, in ${place}`
        : `with each flush, in ${place}`;
  return [
    `checkpoint     ${saved}`,
    `dead letters   ${place}, after ${letters.max_retries} retries`,
    `backpressure   ${backpressure.strategy} at ${backpressure.threshold} events`,
  ];
}

/** Columns padded to their widest cell. */
function aligned(rows: readonly string[][]): string[] {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
}

function placeOf(store: CheckpointSpec['store'] | undefined): string {
  if (store?.type === 'cassandra') return `${endpointOf(store)}/${store.keyspace}`;
  return store?.path ?? "the job's state directory";
}
