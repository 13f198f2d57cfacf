import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StateDirectory } from '../../src/checkpoint/home.ts';
import { systemClock } from '../../src/clock.ts';
import type { SourceDefinition } from '../../src/component/define.ts';
import type { Source } from '../../src/component/source.ts';
import type { Plan } from '../../src/plan/model.ts';
import { runJob, type StartMode } from '../../src/runtime/job.ts';
import { jobFromFile } from '../../src/spec/load.ts';
import { temporaryFolder } from '../contracts/folder.ts';
import { overriding } from '../torture/overriding.ts';
import { Points, stepClock } from '../torture/points.ts';

/**
 * A case is a folder that anybody can read, and run: `sluice run test/cases/session/job.yaml`. The job reads
 * `….input.jsonl` and writes `….output.jsonl`, which must be `….expected.jsonl`, however the input was cut and however
 * often the job was killed.
 */
const cases = (await readdir(import.meta.dirname, { withFileTypes: true })).filter((one) =>
  one.isDirectory(),
);

/** A checkpoint every few turns of the engine's loop, so that some events lie between two. */
const interval = { 'checkpoint-interval': '5ms' };

/** What ends a run as a crash would: nothing that comes after it happens. */
class Killed extends Error {}

/** How a job is fed: so many records at a turn of the engine's loop, and after so many in all it is killed. */
interface Feed {
  readonly atOnce: number;
  left: number;
}

describe.each(cases.map(({ name }) => name))('%s', (name) => {
  async function aCase(): Promise<Case> {
    const folder = await temporaryFolder();
    await cp(join(import.meta.dirname, name), folder, { recursive: true });
    return new Case(folder);
  }

  it('gives what is expected', async () => {
    const job = await aCase();
    await job.run('start');
    expect(await job.outputs()).toEqual(await job.expected());
  });

  it.each([1, 2, 3, 5])('gives the same in batches of %i', async (atOnce) => {
    const job = await aCase();
    await job.run('start', { atOnce, left: Number.POSITIVE_INFINITY });
    expect(await job.outputs()).toEqual(await job.expected());
  });

  it('gives the same when it is killed at any event, twice, and recovered', async () => {
    const events = Object.values(await (await aCase()).inputs()).flat();
    for (let kill = 1; kill <= events.length; kill++) {
      const job = await aCase();
      const atOnce = (kill % 3) + 1;
      await expect(job.run('start', { atOnce, left: kill })).rejects.toThrow(Killed);
      await job.run('recover', { atOnce, left: 3 }).catch(onlyKilled);
      await job.run('recover').catch(onlyFinished);
      expect(await job.outputs(), `killed at event ${kill}`).toEqual(await job.expected());
    }
  });
});

function onlyKilled(error: unknown): void {
  if (!(error instanceof Killed)) throw error;
}

/** The second life may have come to the end of the input. */
function onlyFinished(error: unknown): void {
  if (!(error instanceof Error && /finished/.test(error.message))) throw error;
}

class Case {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async run(mode: StartMode, feed?: Feed): Promise<void> {
    const { end, error } = await runJob(jobFromFile(join(this.#folder, 'job.yaml'), interval), {
      home: new StateDirectory(join(this.#folder, 'home')),
      clock: stepClock(systemClock, new Points(undefined)),
      mode,
      takeover: false,
      notice: () => {},
      wrap: { plan: (plan) => (feed === undefined ? plan : fed(plan, feed)), store: (store) => store },
    });
    if (end === 'failed') throw error;
  }

  inputs(): Promise<Record<string, string[]>> {
    return this.#lines('input');
  }

  outputs(): Promise<Record<string, string[]>> {
    return this.#rows('output');
  }

  expected(): Promise<Record<string, string[]>> {
    return this.#rows('expected');
  }

  /** Sorted where events come from several sources: how these are interleaved decides in which order rows leave. */
  async #rows(role: string): Promise<Record<string, string[]>> {
    const rows = await this.#lines(role);
    if (Object.keys(await this.inputs()).length === 1) return rows;
    return Object.fromEntries(Object.entries(rows).map(([name, lines]) => [name, lines.sort()]));
  }

  async #lines(role: string): Promise<Record<string, string[]>> {
    const ending = `.${role}.jsonl`;
    const files = (await readdir(this.#folder)).filter((file) => file.endsWith(ending)).sort();
    const texts = files.map(async (file) => {
      const text = await readFile(join(this.#folder, file), 'utf8');
      return [file.slice(0, -ending.length), text.split('\n').slice(0, -1)] as const;
    });
    return Object.fromEntries(await Promise.all(texts));
  }
}

function fed(plan: Plan, feed: Feed): Plan {
  const sources = plan.sources.map((planned) => ({
    ...planned,
    definition: fedSource(planned.definition, feed),
  }));
  return { ...plan, sources };
}

function fedSource(definition: SourceDefinition, feed: Feed): SourceDefinition {
  return {
    ...definition,
    build: async (options, context) => fedBy(await definition.build(options, context), feed),
  };
}

function fedBy(source: Source, feed: Feed): Source {
  let room = feed.atOnce;
  return overriding(source, {
    poll(maxRecords, maxBytes) {
      if (feed.left <= 0) throw new Killed();
      const records = room === 0 ? undefined : source.poll(Math.min(maxRecords, room, feed.left), maxBytes);
      room = records === undefined ? feed.atOnce : room - records.length;
      feed.left -= records?.length ?? 0;
      return records;
    },
  });
}
