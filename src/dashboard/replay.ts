import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import type { StateDirectory } from '../checkpoint/home.ts';
import { isDelivered } from '../checkpoint/store.ts';
import { systemClock } from '../clock.ts';
import { withStore } from '../runtime/checkpoints.ts';
import { type RunningJob, runJob } from '../runtime/job.ts';
import type { JobWithLetters, KnownJob } from '../runtime/known-jobs.ts';
import { type LetterSelection, selected, selectionOf } from '../runtime/letter-selection.ts';
import { type ReplayRequest, replayRequestOf } from '../runtime/replay-request.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import { drainOnSignal, exitCodeOf } from './attend.ts';
import { type ReplayBar, replayBar } from './replay-bar.ts';
import { replayInRunningJob } from './replay-live.ts';
import { itinerary, nothingFits, type ReplayResult, replayReport, replayResult } from './replay-report.ts';
import { quoted } from './summary.ts';
import { displayable } from './text.ts';

const BAR_PERIOD = 200;

/** Sends a job's dead letters through it again, or shows which would go where. Resolves with the exit code. */
export async function replayLetters(
  { job, ids }: JobWithLetters,
  flags: FlagValues,
  home: StateDirectory,
): Promise<number> {
  const request = replayRequestOf(flags, ids, systemClock);
  const letters = await lettersOf(job, request.selection);
  // What an earlier replay had saved when it was killed goes on its way even if no letter is left.
  if (letters.length === 0 && (isDelivered(job.last) || flags['dry-run'] === true)) {
    process.stderr.write(await nothingToReplay(job, flags));
    return 0;
  }
  if (flags['dry-run'] === true) {
    process.stdout.write(itinerary(letters, request));
    return 0;
  }
  const bar = replayBar(letters.length, flags.dashboard as 'auto' | undefined);
  const goOn = `sluice replay-dlq ${quoted(displayable(job.name))}`;
  const tell = (result: ReplayResult) => tellResult(result, { job, request, flags, goOn });
  const live = flags.takeover === true ? undefined : await replayInRunningJob(job, { ids, flags, home, bar });
  if (live === undefined) return run(job, request, { flags, home, bar, goOn, tell });
  tell(live);
  return 0;
}

/** Why, and what there is that was not meant. */
async function nothingToReplay(job: KnownJob, flags: FlagValues): Promise<string> {
  const all = await lettersOf(job, selectionOf({}, systemClock));
  return nothingFits(job.name, flags, all);
}

function lettersOf({ name, location }: KnownJob, selection: LetterSelection): Promise<DeadLetter[]> {
  const options = { clock: systemClock, notice: () => {} };
  return withStore(location, options, (store) => selected(store.letters(name), selection));
}

interface Telling {
  readonly job: KnownJob;
  readonly request: ReplayRequest;
  readonly flags: FlagValues;
  readonly goOn: string;
}

/** For a person on stderr; as JSON on stdout, unless that carries data. */
function tellResult(result: ReplayResult, { job, request, flags, goOn }: Telling): void {
  const sinks = request.into === undefined ? job.spec.sinks : [request.into];
  const carriesData = sinks.some(({ type }) => type === 'stdout');
  if (flags.json !== true) process.stderr.write(replayReport(result, goOn));
  else (carriesData ? process.stderr : process.stdout).write(`${JSON.stringify(result)}\n`);
}

interface Running {
  readonly flags: FlagValues;
  readonly home: StateDirectory;
  readonly bar: ReplayBar;
  readonly goOn: string;
  tell(result: ReplayResult): void;
}

/** In this process: the job does not run. */
async function run(
  job: KnownJob,
  replay: ReplayRequest,
  { flags, home, bar, goOn, tell }: Running,
): Promise<number> {
  let running: RunningJob | undefined;
  const stopListening = drainOnSignal(
    () => running,
    () => bar.stop(),
    goOn,
  );
  const stopBar = systemClock.every(BAR_PERIOD, () => bar.show(running?.snapshot().progress?.done ?? 0));
  try {
    const outcome = await runJob(job.spec, {
      home,
      clock: systemClock,
      mode: 'replay',
      replay,
      recovery: { allowChanges: flags['allow-changes'] === true },
      takeover: flags.takeover === true,
      notice: (line) => process.stderr.write(`${line}\n`),
      started(started) {
        running = started;
        bar.start();
      },
    });
    const done = outcome.snapshot.progress?.done ?? 0;
    stopBar();
    bar.show(done);
    bar.stop();
    if (outcome.end === 'failed') {
      process.stderr.write(`the replay stopped; go on with ${goOn}\n`);
      throw outcome.error;
    }
    const { letters, ...fates } = outcome.replayed!;
    tell(replayResult(job.name, { letters, done }, fates));
    return exitCodeOf(outcome);
  } finally {
    stopBar();
    bar.stop();
    stopListening();
  }
}
