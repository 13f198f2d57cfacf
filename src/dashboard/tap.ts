import { once } from 'node:events';
import type { StateDirectory } from '../checkpoint/home.ts';
import { controlAddress } from '../control/address.ts';
import { ask, NobodyListens } from '../control/client.ts';
import type { TapRequest } from '../control/protocol.ts';
import { gone, jobAndNode } from '../control/running-jobs.ts';
import { SpecError } from '../errors.ts';
import { sanitizeLines } from '../terminal.ts';
import { plural } from './format.ts';
import { Leaving } from './leaving.ts';
import { crashed } from './stats.ts';
import { displayable } from './text.ts';

export type TapOptions = Omit<TapRequest, 'watch' | 'node'> & { readonly home: StateDirectory };

/**
 * Prints the events that leave a node of a running job (`job`, `job.node`, `job.node.port`) on stdout, until the limit,
 * the end of the job, Ctrl-C, or the reader's end. Resolves with the exit code.
 */
export async function tapJob(target: string, { home, ...options }: TapOptions): Promise<number> {
  const { job, node } = jobAndNode(home, target);
  const leaving = new Leaving();
  let missed = 0;
  let leftOut = 0;
  let end: string | undefined;
  try {
    const request: TapRequest = { watch: 'tap', node, ...options };
    for await (const reply of ask(controlAddress(home, job), request, leaving.signal)) {
      if ('error' in reply)
        throw new SpecError(reply.error, {
          place: reply.place === null ? undefined : `--where ${reply.place}`,
          hint: reply.hint ?? undefined,
        });
      if ('end' in reply) end = reply.end;
      if (!('text' in reply)) continue;
      if (missed === 0 && reply.dropped > 0) tell('events come faster than a tap shows: some go by unseen');
      if (leftOut === 0 && reply.refused > 0)
        tell(`left out: ${displayable(reply.reason ?? '')}; --format json shows every event`);
      missed += reply.dropped;
      leftOut += reply.refused;
      await print(reply.text, leaving.signal);
    }
  } catch (error) {
    if (error instanceof NobodyListens) throw gone(home, job, error);
    throw error;
  } finally {
    leaving.stop();
  }
  if (missed > 0) tell(`${plural(missed, 'event')} went by unseen`);
  if (leftOut > 0) tell(`${plural(leftOut, 'event')} left out`);
  if (leaving.signal.aborted || end === 'limit') return 0;
  tell(end === undefined ? crashed(job) : `job ${displayable(job)} ${end}`);
  return end === undefined || end === 'failed' ? 1 : 0;
}

/** Waits for a reader that is slow; what the job has to show meanwhile, it counts as unseen. */
async function print(text: string, signal: AbortSignal): Promise<void> {
  const { stdout } = process;
  if (stdout.write(stdout.isTTY ? sanitizeLines(text) : text) || signal.aborted) return;
  await once(stdout, 'drain', { signal }).catch(() => undefined);
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
