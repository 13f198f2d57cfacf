import { createHash } from 'node:crypto';
import type { JobSpec, Nodes, SinkSpec } from './job.ts';

/** Equal for equal jobs, whatever the order of the keys and whatever their own tests; hexadecimal SHA-256. */
export function specHash(spec: JobSpec): string {
  return digest({ ...spec, tests: [] });
}

/** `ingest-kafka-3fa2c1`: the same for the same nodes, so that a job started again is known. */
export function defaultName(command: string, { sources, operators, sinks }: Nodes): string {
  const source = sources[0]?.type ?? 'none';
  return `${command}-${source}-${digest({ sources, operators, sinks }).slice(0, 6)}`;
}

const REPLAY_SINK = 'replayed-';

/** `replayed-3fa2c1`: the same for the same place to write to. */
export function replaySinkName({ type, options }: SinkSpec): string {
  return REPLAY_SINK + digest({ type, options }).slice(0, 6);
}

/** Whether a replay made the sink, rather than the job. */
export function isReplaySink(name: string): boolean {
  return name.startsWith(REPLAY_SINK);
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex');
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
