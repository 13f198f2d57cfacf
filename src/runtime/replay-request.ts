import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import type { Clock } from '../clock.ts';
import { SpecError } from '../errors.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import { replaySinkName, specHash } from '../spec/hash.ts';
import type { JobSpec, SinkSpec } from '../spec/job.ts';
import { jobFromFlags } from '../spec/load.ts';
import type { ReplayOrder } from './assembly.ts';
import { type LetterSelection, selectionOf } from './letter-selection.ts';

/** Which dead letters go through the job again, and how. */
export interface ReplayRequest extends Omit<ReplayOrder, 'letters'> {
  readonly selection: LetterSelection;
  /** A sink to write them to, instead of the job's own nodes. */
  readonly into?: SinkSpec | undefined;
}

/** Throws SpecError for what can't be done while the job runs. */
export function refuseLive(spec: JobSpec, { into }: ReplayRequest, hash: string): void {
  if (into !== undefined) {
    throw new SpecError(`job ${spec.name} is running, and only its own sinks are open`, {
      place: '--to',
      hint: 'drain it first, or send the letters through it without --to',
    });
  }
  if (hash !== specHash(spec)) {
    throw new SpecError(`job ${spec.name} runs as it was before it was changed`, {
      hint: 'drain it first, and replay with --allow-changes',
    });
  }
}

/** What the flags of `replay-dlq` mean; of the letters with these ids, if they are given. Throws SpecError. */
export function replayRequestOf(
  flags: FlagValues,
  ids: readonly string[] | undefined,
  clock: Clock,
): ReplayRequest {
  const { to } = flags;
  const isFromStart = flags['from-start'] === true;
  if (typeof to === 'string' && isFromStart) {
    throw new SpecError('letters go either to a sink or through the job', {
      place: '--from-start',
      hint: 'leave this one out, or --to',
    });
  }
  const chosen = selectionOf(flags, clock);
  const accepts = (letter: DeadLetter) =>
    (typeof to !== 'string' || letter.event !== null) && chosen.accepts(letter);
  const status = flags.quarantined === true ? (['waiting', 'quarantined'] as const) : (['waiting'] as const);
  return {
    selection: { ...chosen, accepts, query: { ...chosen.query, status, ...(ids && { ids }) } },
    target: typeof to === 'string' ? 'sink' : isFromStart ? 'start' : 'node',
    into: typeof to === 'string' ? sinkOf(to) : undefined,
    maxAttempts: attemptsOf(flags['max-attempts']),
    isNew: flags['as-new'] === true,
  };
}

function sinkOf(uri: string): SinkSpec {
  const { sinks } = jobFromFlags('ingest', { from: ['-'], to: [uri] });
  const sink = sinks[0]!;
  // What an earlier replay has written stays: its letters would not be written again.
  const options = sink.type === 'file' ? { ...sink.options, append: true } : sink.options;
  return { ...sink, options, name: replaySinkName(sink) };
}

function attemptsOf(value: FlagValues[string]): number {
  const attempts = Number(value ?? 3);
  if (Number.isSafeInteger(attempts) && attempts > 0) return attempts;
  throw new SpecError(`must be a whole number of attempts, not "${String(value)}"`, {
    place: '--max-attempts',
  });
}
