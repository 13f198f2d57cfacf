import type { StateDirectory } from '../checkpoint/home.ts';
import { systemClock } from '../clock.ts';
import { type ControlServer, serveControl } from '../control/server.ts';
import { ExitCode, UnreachableError } from '../errors.ts';
import { ErrorBudgetSpent } from '../runtime/error-budget.ts';
import { type Outcome, type RunningJob, runJob, type StartMode } from '../runtime/job.ts';
import type { RecoveryOptions } from '../runtime/recovery.ts';
import type { JobSpec } from '../spec/job.ts';
import type { Dashboard } from './dashboard.ts';
import { startLoadingBar } from './loading.ts';
import { createPalette, takesColors } from './palette.ts';
import { type Choice, show } from './show.ts';
import { headline, quoted, recoverCommand, summary } from './summary.ts';
import { summaryJson } from './summary-json.ts';

export interface AttendOptions {
  readonly home: StateDirectory;
  readonly mode: StartMode;
  readonly recovery: RecoveryOptions;
  readonly takeover: boolean;
  readonly dashboard: Choice;
  /** The summary as one line of JSON: on stdout, unless that carries data. */
  readonly json: boolean;
}

/**
 * Runs a job as a person at a terminal expects: the view on stderr, Ctrl-C drains and a second one ends at once, the
 * summary, and the way to go on. Resolves with the exit code.
 */
export async function attend(spec: JobSpec, options: AttendOptions): Promise<number> {
  const { stderr } = process;
  let view: Dashboard | undefined;
  let running: RunningJob | undefined;
  let control: ControlServer | undefined;
  const early: string[] = [];
  const notice = (line: string) => {
    if (view === undefined) early.push(line);
    else view.notice(line);
  };
  const stopListening = drainOnSignal(
    () => running,
    () => view?.leave(),
    recoverCommand(spec.name),
  );
  const loading = startLoadingBar(stderr, options.dashboard);
  try {
    const outcome = await runJob(spec, {
      ...options,
      clock: systemClock,
      notice,
      loading: (progress) => loading.show(progress),
      started(job) {
        loading.stop();
        running = job;
        view = startView(job, sharesTerminal(spec) ? 'never' : options.dashboard);
        for (const line of early) view.notice(line);
        control = serveControl(job, { home: options.home, clock: systemClock, notice });
      },
    });
    control?.close(outcome.snapshot.status);
    await view?.stop();
    if (outcome.end !== 'closed') report(spec, outcome, options.json);
    return exitCodeOf(outcome);
  } catch (error) {
    control?.close('failed');
    loading.stop();
    await view?.stop();
    for (const line of view === undefined ? early : []) stderr.write(`${line}\n`);
    throw error;
  } finally {
    loading.stop();
    stopListening();
  }
}

function startView(job: RunningJob, choice: Choice): Dashboard {
  return show({
    read: () => job.snapshot(),
    clock: systemClock,
    choice,
    keys: {
      pause: () => job.pause(job.snapshot().status !== 'paused'),
      quit: () => job.drain(),
      quitting: 'drain and quit',
    },
    greeting: `job ${job.name} is running; Ctrl-C drains it`,
  });
}

/** Whether data comes from the keyboard or goes to the screen, where the live view would be in its way. */
function sharesTerminal(spec: JobSpec): boolean {
  const typed = process.stdin.isTTY && spec.sources.some((source) => source.type === 'stdin');
  return typed || (process.stdout.isTTY && spec.sinks.some((sink) => sink.type === 'stdout'));
}

/** The first signal drains, the second ends at once. */
export function drainOnSignal(
  job: () => RunningJob | undefined,
  leaveView: () => void,
  resumeCommand: string,
): () => void {
  const codes = { SIGINT: 130, SIGTERM: 143 } as const;
  let isDraining = false;
  const onSignal = (signal: keyof typeof codes) => {
    const running = job();
    if (running !== undefined && !isDraining) {
      isDraining = true;
      running.drain();
      return;
    }
    leaveView();
    if (running !== undefined) process.stderr.write(`\nstopped at once; resume it with ${resumeCommand}\n`);
    process.exit(codes[signal]);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  };
}

function report(spec: JobSpec, { snapshot, recoverable }: Outcome, json: boolean): void {
  const recover = recoverable ? recoverCommand(spec.name) : null;
  const palette = createPalette(takesColors(process.stderr, process.env));
  if (json) {
    if (snapshot.status === 'failed') process.stderr.write(`${headline(snapshot, palette)}\n`);
    const carriesData = spec.sinks.some((sink) => sink.type === 'stdout');
    (carriesData ? process.stderr : process.stdout).write(`${summaryJson(snapshot, recover)}\n`);
    return;
  }
  const deadLetters = {
    place: 'the store of its checkpoints',
    commands: [`sluice dlq list ${quoted(spec.name)}`, `sluice replay-dlq ${quoted(spec.name)}`],
  };
  const hasErrorBudget = spec.max_errors !== null;
  const readsUntyped = spec.sources.some(({ format, schema }) => format === 'csv' && schema === undefined);
  const ending = { recover, deadLetters, hasErrorBudget, readsUntyped, palette };
  for (const line of summary(snapshot, ending)) process.stderr.write(`${line}\n`);
}

/** What a process that ran a job ends with. */
export function exitCodeOf({ end, error }: Outcome): ExitCode {
  if (end !== 'failed') return ExitCode.done;
  if (error instanceof ErrorBudgetSpent) return ExitCode.errorBudget;
  return error instanceof UnreachableError ? ExitCode.unreachable : ExitCode.failure;
}
