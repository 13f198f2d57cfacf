import { Presets, SingleBar } from 'cli-progress';
import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import type { StateDirectory } from '../checkpoint/home.ts';
import { isDelivered } from '../checkpoint/store.ts';
import { systemClock } from '../clock.ts';
import { SpecError } from '../errors.ts';
import { withStore } from '../runtime/checkpoints.ts';
import { type Outcome, type ReplayRequest, type RunningJob, runJob } from '../runtime/job.ts';
import type { JobWithLetters, KnownJob } from '../runtime/known-jobs.ts';
import { type LetterSelection, selected, selectionOf } from '../runtime/letter-selection.ts';
import type { FlagValues } from '../spec/flags/flag.ts';
import { replaySinkName } from '../spec/hash.ts';
import type { SinkSpec } from '../spec/job.ts';
import { jobFromFlags } from '../spec/load.ts';
import { drainOnSignal, exitCodeOf } from './attend.ts';
import { chooseDashboard } from './dashboard.ts';
import { exact, plural } from './format.ts';
import { quoted } from './summary.ts';
import { table } from './table.ts';
import { displayable } from './text.ts';

const BAR_PERIOD = 200;

/** Sends a job's dead letters through it again, or shows which would go where. Resolves with the exit code. */
export async function replayLetters(
  { job, ids }: JobWithLetters,
  flags: FlagValues,
  home: StateDirectory,
): Promise<number> {
  const request = requestOf(flags, ids);
  const letters = await lettersOf(job, request.selection);
  // What an earlier replay had saved when it was killed goes on its way even if no letter is left.
  if (letters.length === 0 && (isDelivered(job.last) || flags['dry-run'] === true)) {
    process.stderr.write(`job ${displayable(job.name)} has no such dead letters\n`);
    return 0;
  }
  if (flags['dry-run'] === true) {
    process.stdout.write(itinerary(letters, request));
    return 0;
  }
  return run(job, request, letters.length, flags, home);
}

function requestOf(flags: FlagValues, ids: readonly string[] | undefined): ReplayRequest {
  const { to } = flags;
  const isFromStart = flags['from-start'] === true;
  if (typeof to === 'string' && isFromStart) {
    throw new SpecError('letters go either to a sink or through the job', { place: '--from-start' });
  }
  const chosen = selectionOf(flags, systemClock);
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

function lettersOf({ name, location }: KnownJob, selection: LetterSelection): Promise<DeadLetter[]> {
  const options = { clock: systemClock, notice: () => {} };
  return withStore(location, options, (store) => selected(store.letters(name), selection));
}

/** Which letter would go where. */
function itinerary(letters: readonly DeadLetter[], { target, into }: ReplayRequest): string {
  const placeOf = ({ source, node }: DeadLetter) =>
    target === 'sink' ? `the sink (${into!.type})` : target === 'start' ? source : node;
  return table(
    ['id', 'reason', 'attempts', 'goes into'],
    letters.map((letter) => [
      displayable(letter.id),
      displayable(letter.error.code),
      exact(letter.attempts),
      displayable(placeOf(letter)),
    ]),
  );
}

async function run(
  job: KnownJob,
  replay: ReplayRequest,
  letters: number,
  flags: FlagValues,
  home: StateDirectory,
): Promise<number> {
  let running: RunningJob | undefined;
  let lateBefore = 0;
  const goOn = `sluice replay-dlq ${quoted(displayable(job.name))}`;
  const bar = startBar(letters, flags.dashboard as 'auto' | undefined);
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
        lateBefore = started.snapshot().late;
        bar.start();
      },
    });
    stopBar();
    bar.show(outcome.snapshot.progress?.done ?? 0);
    bar.stop();
    if (outcome.end === 'failed') {
      process.stderr.write(`the replay stopped; go on with ${goOn}\n`);
      throw outcome.error;
    }
    const result = resultOf(job.name, outcome, lateBefore);
    const sinks = replay.into === undefined ? job.spec.sinks : [replay.into];
    const carriesData = sinks.some(({ type }) => type === 'stdout');
    if (flags.json === true)
      (carriesData ? process.stderr : process.stdout).write(`${JSON.stringify(result)}\n`);
    else process.stderr.write(report(result, goOn));
    return exitCodeOf(outcome);
  } finally {
    stopBar();
    bar.stop();
    stopListening();
  }
}

function startBar(
  letters: number,
  choice: 'auto' | 'always' | 'never' = 'auto',
): { start(): void; show(done: number): void; stop(): void } {
  const { stderr } = process;
  if (chooseDashboard(choice, stderr, process.env) === 'plain') {
    const line = `replaying ${plural(letters, 'dead letter')}\n`;
    return { start: () => stderr.write(line), show() {}, stop() {} };
  }
  const format = 'replaying {bar} {value} of {total} dead letters, {eta_formatted} left';
  const bar = new SingleBar({ stream: stderr, format, hideCursor: true }, Presets.shades_classic);
  return { start: () => bar.start(letters, 0), show: (done) => bar.update(done), stop: () => bar.stop() };
}

/** What became of the letters, with the names that `--json` has. */
interface Result {
  readonly job: string;
  readonly letters: number;
  readonly replayed: number;
  readonly failed_again: number;
  readonly quarantined: number;
  /** Of those replayed, how often one came too late for its window. */
  readonly late: number;
}

function resultOf(job: string, { replayed, snapshot }: Outcome, lateBefore: number): Result {
  const failed = replayed?.failedAgain ?? [];
  return {
    job,
    letters: replayed?.letters ?? 0,
    replayed: (snapshot.progress?.done ?? 0) - failed.length,
    failed_again: failed.length,
    quarantined: failed.filter((status) => status === 'quarantined').length,
    late: snapshot.late - lateBefore,
  };
}

/** The same for a person. */
function report({ job, letters, replayed, failed_again, quarantined, late }: Result, goOn: string): string {
  const name = quoted(displayable(job));
  const left = letters - replayed - failed_again;
  if (letters === 0)
    return `what an earlier replay of job ${name} had saved is delivered; no dead letter was left\n`;
  const lines = [`replayed ${exact(replayed)} of ${plural(letters, 'dead letter')} of job ${name}`];
  if (late > 0) lines.push(`  ${exact(late)} came too late for their windows`);
  if (failed_again > 0) {
    lines.push(`  ${exact(failed_again)} failed again, ${exact(quarantined)} of them are in quarantine`);
    lines.push(`  look at them with sluice dlq list ${name}`);
  }
  if (left > 0) lines.push(`  ${exact(left)} are left: go on with ${goOn}`);
  return lines.map((line) => `${line}\n`).join('');
}
