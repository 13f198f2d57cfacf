import type { StateDirectory } from '../checkpoint/home.ts';
import { controlAddress } from '../control/address.ts';
import { ask, NobodyListens } from '../control/client.ts';
import type { RefusalReply, Request } from '../control/protocol.ts';
import { SpecError } from '../errors.ts';
import type { KnownJob } from '../runtime/known-jobs.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import { specHash } from '../spec/hash.ts';
import type { ReplayBar } from './replay-bar.ts';
import { type ReplayResult, replayResult } from './replay-report.ts';
import { quoted } from './summary.ts';
import { displayable } from './text.ts';

/** The flags that say which letters go where; a running job knows the rest of itself. */
const MEANT = [
  ...['reason', 'node', 'since', 'until', 'where', 'limit'],
  ...['to', 'from-start', 'max-attempts', 'quarantined', 'as-new'],
];

interface Asking {
  readonly flags: FlagValues;
  /** All letters, if undefined. */
  readonly ids: readonly string[] | undefined;
  readonly home: StateDirectory;
  readonly bar: ReplayBar;
}

/**
 * Sends letters through the job in the process that runs it, which goes on meanwhile. The first Ctrl-C lets no more in.
 * Undefined if the job does not run here. Throws SpecError.
 */
export async function replayInRunningJob(
  job: KnownJob,
  { flags, ids, home, bar }: Asking,
): Promise<ReplayResult | undefined> {
  const address = controlAddress(home, job.name);
  let isBegun = false;
  const onSignal = () => void stopReplay(address);
  try {
    for await (const reply of ask(address, requestOf(job, flags, ids))) {
      if ('error' in reply) throw refusal(reply);
      if (!('replay' in reply)) continue;
      if (!isBegun) {
        isBegun = true;
        bar.start();
        process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
      }
      bar.show(reply.replay.done);
      if (reply.fates !== null) return replayResult(job.name, reply.replay, reply.fates);
    }
    throw new SpecError(`job ${job.name} ended before all came through`, {
      hint: `what is left waits for sluice replay-dlq ${quoted(displayable(job.name))}`,
    });
  } catch (error) {
    if (error instanceof NobodyListens) return undefined;
    throw error;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    bar.stop();
  }
}

function requestOf(job: KnownJob, flags: FlagValues, ids: readonly string[] | undefined): Request {
  const meant = MEANT.flatMap((name) => {
    const value = flags[name];
    return typeof value === 'string' || typeof value === 'boolean' ? [[name, value] as const] : [];
  });
  return {
    watch: 'replay',
    specHash: specHash(job.spec),
    flags: Object.fromEntries(meant),
    ...(ids && { ids: [...ids] }),
  };
}

async function stopReplay(address: string): Promise<void> {
  for await (const _ of ask(address, { watch: 'stop-replay' }));
}

function refusal({ error, place, hint }: RefusalReply): SpecError {
  return new SpecError(error, { ...(place !== null && { place }), ...(hint !== null && { hint }) });
}
