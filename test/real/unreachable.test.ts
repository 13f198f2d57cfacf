import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { Workplace } from '../cli/sluice.ts';

/** The port of a server that accepts connections and never says a word, or, `closed`, of none at all. */
async function port(kind: 'silent' | 'closed'): Promise<number> {
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  if (kind === 'closed') await new Promise((resolve) => server.close(resolve));
  else onTestFinished(() => void server.close());
  return port;
}

const clicks = ['--from', 'generate:clicks?count=10', '--to'];
const endpoints: readonly ((address: string) => readonly string[])[] = [
  (address) => ['--from', `kafka://${address}/clicks`, '--to', 'sqlite:out.db#clicks'],
  (address) => [...clicks, `kafka://${address}/clicks`],
  (address) => [...clicks, `cassandra://${address}/ks.clicks`],
];

describe('a Kafka source, a Kafka sink and a Cassandra sink without their server', () => {
  test.each(['closed', 'silent'] as const)(
    'end the job with 3 and one line where the port is %s',
    async (kind) => {
      const address = `127.0.0.1:${await port(kind)}`;
      const began = systemClock.elapsed();
      const runs = endpoints.map((flags) => new Workplace().run(['ingest', ...flags(address)]));
      for (const { code, stdout, stderr } of await Promise.all(runs)) {
        expect({ code, stdout }, stderr).toEqual({ code: 3, stdout: '' });
        expect(stderr.trimEnd().split('\n')).toHaveLength(1);
        expect(stderr).toMatch(new RegExp(`(kafka|cassandra).*${address}`));
      }
      // It gives up after 10 s; the rest is for three processes to start on a machine that is busy.
      expect(systemClock.elapsed() - began).toBeLessThan(30_000);
    },
  );
});
