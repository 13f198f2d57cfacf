import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { collect, summaryOf, Workplace } from '../cli/sluice.ts';
import { servers } from './servers.ts';
import { type PrivateServers, startServers } from './start-servers.ts';

const EVENTS = 20_000;

describe.runIf(servers)('checkpoints in a Cassandra that goes away', () => {
  let own: PrivateServers;
  beforeAll(async () => {
    own = await startServers({ names: ['cassandra'], durable: true });
  });
  afterAll(() => own?.down());

  const linesIn = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []);

  test('kill -9 in the middle of saving: the job waits, goes on, and loses nothing', async () => {
    const place = new Workplace();
    const child = place.start(
      ...['transform', '--from', `generate:clicks?count=${EVENTS}&rate=2000`, '--to', 'out.jsonl'],
      ...['--name', 'waiting', '--checkpoint', `cassandra://${own.cassandra}/waiting`],
      ...['--checkpoint-interval', '20ms', '--json'],
    );
    const finished = collect(child);
    // Most of the time is spent in saving.
    while (linesIn(place.path('out.jsonl')).length < 2000) await systemClock.sleep(20);
    await own.kill('cassandra');
    await own.up('cassandra');
    const { code, stdout, stderr } = await finished;
    expect(code, stderr).toBe(0);
    expect(summaryOf(stdout)).toMatchObject({ status: 'finished', read: EVENTS, written: EVENTS });
    const lines = linesIn(place.path('out.jsonl')).slice(0, -1);
    expect([lines.length, new Set(lines).size]).toEqual([EVENTS, EVENTS]);
  });

  test('gone for longer than sink_timeout: code 3, the line to go on with, and nothing lost then', async () => {
    const place = new Workplace();
    const child = place.start(
      ...['transform', '--from', `generate:clicks?count=${EVENTS}&rate=4000`, '--to', 'out.jsonl'],
      ...['--name', 'patient', '--checkpoint', `cassandra://${own.cassandra}/patient`],
      ...['--checkpoint-interval', '20ms', '--sink-timeout', '2s'],
    );
    const finished = collect(child);
    while (linesIn(place.path('out.jsonl')).length < 2000) await systemClock.sleep(20);
    await own.kill('cassandra');
    const { code, stderr } = await finished;
    expect([code, stderr]).toEqual([3, expect.stringContaining('sluice recover patient')]);
    await own.up('cassandra');
    const recovered = await place.run(['recover', 'patient']);
    expect(recovered.code, recovered.stderr).toBe(0);
    const lines = linesIn(place.path('out.jsonl')).slice(0, -1);
    expect([lines.length, new Set(lines).size]).toEqual([EVENTS, EVENTS]);
  });
});
