import { StateDirectory } from '../../src/checkpoint/home.ts';
import { systemClock } from '../../src/clock.ts';
import type { SinkDefinition } from '../../src/component/define.ts';
import type { Plan } from '../../src/plan/model.ts';
import { runJob, type StartMode } from '../../src/runtime/job.ts';
import { findJob } from '../../src/runtime/known-jobs.ts';
import { failureOf } from '../../src/spec/failure.ts';
import { jobFromFile } from '../../src/spec/load.ts';
import { type Breakage, brokenSink, brokenStore } from './broken.ts';
import { countingClock, type Fate, Points, stepClock } from './points.ts';
import { watchedJoinedSink, watchedSink, watchedStagedSink, watchedStore } from './watched.ts';

/** One life of a job: what the process is told on its command line, as JSON. */
export interface Life {
  readonly jobfile: string;
  readonly home: string;
  readonly mode: StartMode;
  readonly takeover: boolean;
  /** What time passes with; servers want real time. */
  readonly time: 'steps' | 'seconds';
  readonly fate?: Fate | undefined;
  readonly breakage?: Breakage | undefined;
}

/** What a life that came to its end says on standard output, as JSON. */
export interface End {
  readonly end: string;
  readonly steps: number;
}

/** Runs the job of the jobfile as the command line does, with its sinks and its store watched. */
async function live({ jobfile, home: path, mode, takeover, time, fate, breakage }: Life): Promise<End> {
  const home = new StateDirectory(path);
  const points = new Points(fate);
  if (mode === 'recover') {
    const { last } = await findJob(jobfile, {}, home);
    if (last.status === 'finished') return { end: 'finished', steps: 0 };
  }
  const { end, error } = await runJob(jobFromFile(jobfile), {
    home,
    clock: time === 'steps' ? stepClock(systemClock, points) : countingClock(systemClock, points),
    mode,
    takeover,
    notice: (line) => process.stderr.write(`${line}\n`),
    wrap: {
      plan: (plan) => watchSinks(plan, points, breakage),
      store: (store) => watchedStore(brokenStore(store, breakage), points),
    },
  });
  if (end === 'failed') throw error;
  return { end, steps: points.steps };
}

function watchSinks(plan: Plan, points: Points, breakage: Breakage | undefined): Plan {
  const sinks = plan.sinks.map((planned) => ({
    ...planned,
    definition: watched(planned.definition, points, breakage),
  }));
  return { ...plan, sinks };
}

function watched(definition: SinkDefinition, points: Points, breakage: Breakage | undefined): SinkDefinition {
  const { buildJoined, buildStaged } = definition;
  return {
    ...definition,
    build: async (options, context) =>
      watchedSink(brokenSink(await definition.build(options, context), breakage), points),
    ...(buildJoined && {
      buildJoined: async (options, context) => watchedJoinedSink(await buildJoined(options, context), points),
    }),
    ...(buildStaged && {
      buildStaged: async (options, context) => watchedStagedSink(await buildStaged(options, context), points),
    }),
  };
}

try {
  const end = await live(JSON.parse(process.argv[2]!));
  process.stdout.write(JSON.stringify(end));
} catch (error) {
  const { text, exitCode } = failureOf(error, { commands: [], debug: false });
  process.stderr.write(text);
  process.exitCode = exitCode;
}

// A connection that was given up while it was being made must not keep the process alive.
systemClock.every(500, () => {
  if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit();
});
