import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateDirectory } from '../checkpoint/home.ts';
import { systemClock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { JsonObject } from '../event.ts';
import type { Snapshot } from '../metrics/snapshot.ts';
import { type RunningJob, runJob } from '../runtime/job.ts';
import type { JobSpec } from '../spec/job.ts';
import type { JobTest } from '../spec/tests.ts';
import { rowOf } from './collecting-sink.ts';
import { compareRows, type Mismatch } from './compare.ts';
import { type Script, scriptOf } from './script.ts';
import { Stage } from './stage.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What was wrong with one output; none: it is as expected. */
export interface OutputResult {
  readonly output: string;
  /** How many rows. */
  readonly expected: number;
  readonly found: number;
  readonly mismatches: readonly Mismatch[];
}

export interface TestResult {
  readonly name: string;
  readonly outputs: readonly OutputResult[];
  /** What else was not as expected, each a line. */
  readonly problems: readonly string[];
}

/** When tests begin, on their own clock. */
const START = Date.UTC(2026, 0, 1);
/** A job that makes no progress for so long never will: its clock stands still. */
const STUCK_AFTER = 20_000;

/**
 * Runs one of a job's own tests: the real engine and operators, with the test's events in the place of the sources, a
 * clock that only the test turns, and sinks that keep what they are given. Throws SpecError for a test of what the
 * job does not have.
 */
export async function runTest(spec: JobSpec, test: JobTest): Promise<TestResult> {
  const script = scriptOf(test);
  const stage = new Stage(test, script);
  const clock = new VirtualClock(START);
  const over = new AbortController();
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  let driving: Promise<string[]> = Promise.resolve([]);
  try {
    const outcome = await runJob(detached(spec), {
      home: new StateDirectory(folder),
      clock,
      mode: 'start',
      takeover: false,
      notice: () => {},
      wrap: { plan: (plan) => stage.set(plan), store: (store) => store },
      started(job) {
        driving = drive(job, { stage, script, clock, close: test.close, over: over.signal });
      },
    });
    over.abort();
    const failure = outcome.error === undefined ? [] : [`the job failed: ${messageOf(outcome.error)}`];
    return judge(test, stage, outcome.snapshot, [...failure, ...(await driving)]);
  } finally {
    over.abort();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Performance {
  readonly stage: Stage;
  readonly script: Script;
  readonly clock: VirtualClock;
  readonly close: boolean;
  /** Aborts when the job has ended. */
  readonly over: AbortSignal;
}

/** Lets the script happen; gives what went wrong. */
async function drive(job: RunningJob, { stage, script, clock, close, over }: Performance): Promise<string[]> {
  for (const pause of [...script.pauses, null]) {
    stage.release();
    if (!(await isSettled(() => stage.isDone(job), over))) {
      job.drain();
      return ['the job makes no progress'];
    }
    if (pause === null) break;
    stage.rest();
    await clock.advance(pause);
  }
  if (close) stage.end();
  else job.drain();
  return [];
}

/** Waits until the job is done with what it was given, or has ended. */
async function isSettled(isDone: () => boolean, over: AbortSignal): Promise<boolean> {
  const began = systemClock.elapsed();
  while (!over.aborted && !isDone()) {
    if (systemClock.elapsed() - began > STUCK_AFTER) return false;
    await systemClock.yield();
  }
  return true;
}

function judge(test: JobTest, stage: Stage, snapshot: Snapshot, failures: readonly string[]): TestResult {
  const outputs = Object.entries(test.output).map(([output, written]): OutputResult => {
    const expected = written as readonly JsonObject[];
    const asked = new Set(expected.flatMap((row) => Object.keys(row).filter((name) => name.startsWith('$'))));
    const found = stage.collected(output).map((event) => rowOf(event, asked));
    const mismatches = compareRows(expected, found, test);
    return { output, expected: expected.length, found: found.length, mismatches };
  });
  return { name: test.name, outputs, problems: [...failures, ...letterProblems(test, snapshot)] };
}

function letterProblems({ dead_letters: expected }: JobTest, { deadLetters, errors }: Snapshot): string[] {
  if (deadLetters === expected) return [];
  const reasons = errors.map(({ node, message }) => `${node}: ${message}`);
  const counted = deadLetters === 1 ? '1 dead letter' : `${deadLetters} dead letters`;
  return [`${counted}, not ${expected}`, ...reasons];
}

/** The job without whatever of it would reach beyond this process. */
function detached(spec: JobSpec): JobSpec {
  const store = { type: 'sqlite', path: null } as const;
  const interval = Number.MAX_SAFE_INTEGER;
  const { max_retries, retry_delay } = spec.dead_letters;
  return {
    ...spec,
    metrics: null,
    checkpoint: { interval, keep: 1, store, table: null, state_table: null },
    dead_letters: { type: 'sqlite', path: null, table: null, max_retries, retry_delay },
  };
}
