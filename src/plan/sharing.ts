import type { SinkMode } from '../component/sink.ts';
import { SpecError } from '../errors.ts';
import type { JobSpec, SinkSpec } from '../spec/job.ts';
import { nonDeterminism, sharedIn, type Upstream } from './guarantee.ts';

/** Sinks in which a row that is written again, whichever process does, is still one row. */
const repeatable: ReadonlySet<SinkMode> = new Set(['joined', 'upsert']);

/**
 * Other processes may read what a shared source reads, each going on where another stopped: what a job keeps to itself
 * is lost to them. Throws SpecError for what would go wrong then.
 */
export function refuseSharing(spec: JobSpec, sink: SinkSpec, mode: SinkMode, upstream: Upstream): void {
  const shared = sharedIn(upstream);
  if (shared === undefined) return;
  const place = `sources.${shared.spec.name}.share`;
  const hint = 'take out share: the job then owns its group';
  if (spec.checkpoint === null)
    throw new SpecError('a shared group is told with each checkpoint how far it was read', {
      place,
      hint: 'take out "checkpoint: none"',
    });
  const stateful = upstream.operators.find(({ spec: { options }, definition }) =>
    definition.keepsState(options as never),
  );
  if (stateful !== undefined)
    throw new SpecError(
      `"${stateful.spec.name}" (${stateful.spec.type}) keeps state, and each process that shares the group would see a part of its events`,
      { place, hint },
    );
  if (repeatable.has(mode)) return;
  const unrepeatable = nonDeterminism(upstream);
  const why =
    unrepeatable === undefined
      ? `"${sink.name}" (${sink.type}) can't take a row twice, as it comes when another process takes partitions over`
      : `another process may make other rows of the same events (${unrepeatable})`;
  throw new SpecError(why, { place, hint: `write to cassandra or sqlite, or ${hint}` });
}
