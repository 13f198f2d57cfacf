import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { JsonObject } from '../../src/event.ts';
import { RepeatedDelivery } from '../../src/runtime/repeated-delivery.ts';
import { sqliteSink } from '../../src/sinks/sqlite/definition.ts';
import { temporaryFolder } from '../contracts/folder.ts';
import { MemoryStagedSink, MemoryTarget } from '../contracts/memory-staged-sink.ts';
import { stagedSinkContract } from '../contracts/staged-sink.ts';

const signal = new AbortController().signal;

stagedSinkContract('a staged sink in memory', async () => {
  const target = new MemoryTarget();
  return {
    build: async () => new MemoryStagedSink(target),
    rows: async () => target.rows,
    value: (id) => ({ id }),
    refused: { refuse: true },
  };
});

stagedSinkContract('a SQLite table that is delivered to by identity', async () => {
  const path = join(await temporaryFolder(), 'out.db');
  const options = sqliteSink.options.parse({ path, table: 'events' });
  const context = { name: 'out', job: 'test', format: 'json' as const, identity: ['id'] };
  return {
    build: async () =>
      new RepeatedDelivery(await sqliteSink.build(options, context), (sink, batch) =>
        sink.write(batch, signal),
      ),
    rows: async () => {
      const database = new Sqlite(path, { readonly: true });
      const rows = database.prepare('SELECT id FROM events').all() as JsonObject[];
      database.close();
      return rows;
    },
    value: (id) => ({ id }),
    refused: { other: 'no id' },
  };
});
