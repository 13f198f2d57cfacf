import type { Client } from 'cassandra-driver';
import { afterAll, beforeAll, describe } from 'vitest';
import { openCassandraStore } from '../../src/checkpoint/cassandra/store.ts';
import { systemClock } from '../../src/clock.ts';
import { cassandraSinkOptions } from '../../src/sinks/cassandra/options.ts';
import { checkpointStoreContract, KEPT } from '../contracts/checkpoint-store.ts';
import { connectTo, uniqueKeyspace } from './cassandra.ts';
import { servers } from './servers.ts';

describe.runIf(servers)('a Cassandra store', () => {
  const { cassandra = '' } = servers ?? {};
  let client: Client;
  beforeAll(async () => {
    client = await connectTo(cassandra);
  });
  afterAll(() => client.shutdown());

  checkpointStoreContract('a Cassandra store', async () => {
    const keyspace = uniqueKeyspace('store');
    const notices: string[] = [];
    const connection = cassandraSinkOptions.parse({ contact_points: cassandra, table: 'any.table' });
    const select = async (columns: string, table: string, job: string) =>
      (await client.execute(`SELECT ${columns} FROM ${keyspace}.${table} WHERE job = ?`, [job])).rows;

    async function epochOf(job: string, number: number): Promise<unknown> {
      const rows = await select('number, epoch', 'checkpoints', job);
      return rows.find((row) => Number(row.get('number')) === number)?.get('epoch');
    }

    return {
      open: () =>
        openCassandraStore({
          connection,
          keyspace,
          checkpoints: 'checkpoints',
          state: 'state',
          letters: 'letters',
          keep: KEPT,
          timeout: 10_000,
          clock: systemClock,
          notice: (line) => notices.push(line),
        }),
      notices,
      async damage(what, job, number) {
        const epoch = await epochOf(job, number);
        const key = [job, BigInt(number), epoch];
        const where = 'WHERE job = ? AND number = ? AND epoch = ?';
        const run = (statement: string, parameters: readonly unknown[]) =>
          client.execute(statement, [...parameters], { prepare: true });
        if (what === 'record') {
          await run(`UPDATE ${keyspace}.checkpoints SET record = ? ${where}`, ['{"damaged', ...key]);
          return;
        }
        const { rows } = await run(`SELECT node, state, part, bytes FROM ${keyspace}.state ${where}`, key);
        if (what === 'missing state') {
          const [row] = rows;
          const chunk = [row?.get('node'), row?.get('state'), row?.get('part')];
          const parts = 'AND node = ? AND state = ? AND part = ?';
          await run(`DELETE FROM ${keyspace}.state ${where} ${parts}`, [...key, ...chunk]);
          return;
        }
        for (const row of rows) {
          const bytes: Buffer = row.get('bytes');
          bytes[10]! ^= 1;
          await run(
            `UPDATE ${keyspace}.state SET bytes = ? ${where} AND node = ? AND state = ? AND part = ?`,
            [bytes, ...key, row.get('node'), row.get('state'), row.get('part')],
          );
        }
      },
      async stored(job) {
        const { rows } = await client.execute(`SELECT DISTINCT job, number, epoch FROM ${keyspace}.state`);
        return rows.filter((row) => row.get('job') === job).map((row) => Number(row.get('number')));
      },
      letterIds: async (job) => (await select('id', 'letters', job)).map((row) => String(row.get('id'))),
      joins: false,
    };
  });
});
