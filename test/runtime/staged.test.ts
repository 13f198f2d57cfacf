import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { StateDirectory } from '../../src/checkpoint/home.ts';
import { systemClock } from '../../src/clock.ts';
import { TransientError, UnreachableError } from '../../src/errors.ts';
import type { Plan } from '../../src/plan/model.ts';
import { type Outcome, runJob, type StartMode } from '../../src/runtime/job.ts';
import type { ReplayRequest } from '../../src/runtime/replay-request.ts';
import { jobFromFile } from '../../src/spec/load.ts';
import { temporaryFolder } from '../contracts/folder.ts';
import { MemoryStagedSink, MemoryTarget } from '../contracts/memory-staged-sink.ts';

/** What ends a run as a crash would: nothing that comes after it happens. */
class Crash extends Error {}

const ALL_LETTERS: ReplayRequest = {
  selection: { query: { status: ['waiting'] }, accepts: () => true, limit: 1000 },
  target: 'node',
  maxAttempts: 3,
  isNew: false,
};

/** A job from a file into a staged sink in memory, in a folder of its own. */
class Job {
  readonly target = new MemoryTarget();
  readonly notices: string[] = [];
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async of(lines: readonly object[], settings = '', interval = '1ms'): Promise<Job> {
    const job = new Job(await temporaryFolder());
    writeFileSync(join(job.#folder, 'in.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    writeFileSync(
      join(job.#folder, 'job.yaml'),
      `name: staged
sources: { in: { type: file, path: in.jsonl, batch_size: 50 } }
sinks: { out: { type: kafka, brokers: nowhere:9092, topic: rows, guarantee: exactly_once } }
checkpoint: { interval: ${interval} }
backpressure: { threshold: 100 }
${settings}`,
    );
    return job;
  }

  run(mode: StartMode, wrap = (plan: Plan) => this.#intoMemory(plan)): Promise<Outcome> {
    return runJob(jobFromFile(join(this.#folder, 'job.yaml')), {
      home: new StateDirectory(join(this.#folder, 'home')),
      clock: systemClock,
      mode,
      replay: mode === 'replay' ? ALL_LETTERS : undefined,
      takeover: false,
      notice: (line) => this.notices.push(line),
      wrap: { plan: wrap, store: (store) => store },
    });
  }

  /** Runs it, and again from its checkpoint after each failure. */
  async runToItsEnd(): Promise<Outcome> {
    let outcome = await this.run('start');
    while (outcome.end === 'failed') {
      if (!(outcome.error instanceof Crash)) throw outcome.error;
      outcome = await this.run('recover').catch((error: unknown) => ({ ...outcome, error }));
    }
    return outcome;
  }

  get ids(): number[] {
    return this.target.rows.map(({ id }) => Number(id));
  }

  letters(): unknown[] {
    const database = new DatabaseSync(join(this.#folder, 'home/jobs/staged/checkpoints.db'));
    const rows = database.prepare('SELECT * FROM sluice_dead_letters').all();
    database.close();
    return rows.map(({ bytes, ...letter }) => ({
      ...letter,
      text: Buffer.from(bytes as Uint8Array).toString(),
    }));
  }

  #intoMemory(plan: Plan): Plan {
    const sinks = plan.sinks.map((planned) => ({
      ...planned,
      definition: { ...planned.definition, buildStaged: async () => new MemoryStagedSink(this.target) },
    }));
    return { ...plan, sinks };
  }
}

const numbered = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));
const first = (count: number) => numbered(count).map(({ id }) => id);

describe('a job with a staged sink', () => {
  test('delivers every row once and in order, an interval at a time', async () => {
    const job = await Job.of(numbered(5000));
    const { end, snapshot } = await job.run('start');
    expect(end).toBe('finished');
    expect(job.ids).toEqual(first(5000));
    expect(snapshot).toMatchObject({ read: 5000, written: 5000 });
  });

  test.each(['before', 'after'] as const)(
    'delivers every row once though it crashes again and again %s a transaction',
    async (moment) => {
      const job = await Job.of(numbered(3000));
      let crashes = 0;
      let last = -1;
      job.target.befall = (at, interval) => {
        if (at !== moment || interval === last || crashes === 12) return;
        last = interval;
        crashes++;
        throw new Crash();
      };
      const { snapshot } = await job.runToItsEnd();
      expect(crashes).toBeGreaterThan(3);
      expect(job.ids).toEqual(first(3000));
      expect(snapshot).toMatchObject({ read: 3000, written: 3000 });
    },
  );

  test('makes dead letters of what is refused, and delivers all the rest, once', async () => {
    const lines = numbered(300).map(({ id }) => {
      if (id % 100 === 7) return { id, bad: true };
      return id % 100 === 8 ? { id, refuse: true } : { id };
    });
    const job = await Job.of(lines);
    let crashes = 0;
    job.target.befall = (moment) => {
      if (moment === 'after' && crashes++ === 0) throw new Crash();
    };
    const { snapshot } = await job.runToItsEnd();
    expect(job.ids).toEqual(first(300).filter((id) => id % 100 !== 7 && id % 100 !== 8));
    expect(snapshot).toMatchObject({ read: 300, written: 294, deadLetters: 6 });
    const letters = job.letters() as { reason: string; text: string }[];
    expect(letters.map(({ reason }) => reason).sort()).toEqual([
      'refused',
      'refused',
      'refused',
      'type',
      'type',
      'type',
    ]);
    expect(letters.map(({ text }) => JSON.parse(text).id).sort((a, b) => a - b)).toEqual([
      7, 8, 107, 108, 207, 208,
    ]);
  });

  test('waits for a server that is away, and goes on', async () => {
    const job = await Job.of(numbered(500));
    let failures = 0;
    job.target.befall = () => {
      if (failures++ < 3) throw new TransientError('nobody there', { answered: false });
    };
    expect((await job.run('start')).end).toBe('finished');
    expect(job.ids).toEqual(first(500));
    expect(job.notices).toEqual(['out: waiting for the server: nobody there', 'out: goes on']);
  });

  test('ends when the server is away for longer than sink_timeout, and delivers when it is recovered', async () => {
    const job = await Job.of(numbered(500), 'sink_timeout: 50ms');
    job.target.befall = () => {
      throw new TransientError('nobody there', { answered: false });
    };
    const { end, error, recoverable } = await job.run('start');
    expect([end, recoverable]).toEqual(['failed', true]);
    expect(error).toBeInstanceOf(UnreachableError);
    job.target.befall = () => {};
    expect((await job.run('recover')).end).toBe('finished');
    expect(job.ids).toEqual(first(500));
  });

  test('ends an interval early when it is large', async () => {
    const text = 'x'.repeat(10_000);
    const large = numbered(4000).map(({ id }) => ({ id, text }));
    const job = await Job.of(large, '', '1h');
    const intervals = new Set<number>();
    job.target.befall = (_, interval) => {
      intervals.add(interval);
    };
    await job.run('start');
    expect(job.ids).toEqual(first(4000));
    // 80 MB, bytes as read and values, in intervals of 16.
    expect(intervals.size).toBeGreaterThan(2);
  });

  test('is not finished before its last rows are delivered', async () => {
    const job = await Job.of(numbered(10), '', '1h');
    job.target.befall = () => {
      throw new Crash();
    };
    expect((await job.run('start')).end).toBe('failed');
    expect((await job.run('recover').catch(() => undefined))?.end).not.toBe('finished');
    job.target.befall = () => {};
    expect((await job.run('recover')).end).toBe('finished');
    expect(job.ids).toEqual(first(10));
  });

  test('is not done before what a replay has saved is delivered, though no letter is left', async () => {
    const job = await Job.of(numbered(10).map(({ id }) => (id < 3 ? { id, refuse: true } : { id })));
    await job.run('start');
    job.target.isRefusing = false;
    job.target.befall = () => {
      throw new Crash();
    };
    expect((await job.run('replay')).end).toBe('failed');
    await expect(job.run('start')).rejects.toThrow('job staged has an unfinished run');
    job.target.befall = () => {};
    expect(await job.run('replay')).toMatchObject({ end: 'finished', replayed: { letters: 0 } });
    expect(job.ids).toEqual([3, 4, 5, 6, 7, 8, 9, 0, 1, 2]);
  });

  test('counts an attempt of a replay that was killed before its row was refused', async () => {
    const job = await Job.of([{ id: 1, refuse: true }]);
    await job.run('start');
    job.target.befall = () => {
      throw new Crash();
    };
    await job.run('replay');
    job.target.befall = () => {};
    await job.run('recover');
    expect(job.letters()).toMatchObject([{ attempts: 2, status: 'waiting' }]);
    await job.run('replay');
    expect(job.letters()).toMatchObject([{ attempts: 3, status: 'quarantined' }]);
  });

  test('refuses to go on as a job that can not deliver what waits in the checkpoint', async () => {
    const job = await Job.of(numbered(10), '', '1h');
    job.target.befall = () => {
      throw new Crash();
    };
    await job.run('start');
    const asDirect = (plan: Plan) => ({
      ...plan,
      sinks: plan.sinks.map((sink) => ({ ...sink, mode: 'direct' as const })),
    });
    await expect(job.run('recover', asDirect)).rejects.toThrow(
      'holds rows for out that may not have been delivered',
    );
  });
});
