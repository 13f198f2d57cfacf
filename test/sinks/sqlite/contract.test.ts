import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Sink } from '../../../src/component/sink.ts';
import type { JsonObject } from '../../../src/event.ts';
import { sqliteSink } from '../../../src/sinks/sqlite/definition.ts';
import { temporaryFolder } from '../../contracts/folder.ts';
import { refusalContract, sinkContract } from '../../contracts/sink.ts';
import { InTransactions } from './joined.ts';

function into(mode: 'joined' | 'upsert', identity: readonly string[]) {
  const refused: JsonObject = { name: 'no id', value: 1.5 };
  return async () => {
    const path = join(await temporaryFolder(), 'out.db');
    const options = sqliteSink.options.parse({ path, table: 'events' });
    const context = { name: 'out', job: 'test', format: 'json' as const, identity };
    const build = async (): Promise<Sink> =>
      mode === 'upsert'
        ? sqliteSink.build(options, context)
        : new InTransactions(await sqliteSink.buildJoined!(options, context));
    return {
      build,
      rows: async () => {
        const database = new Sqlite(path, { readonly: true });
        const rows = database.prepare('SELECT id, name, value FROM events').all() as JsonObject[];
        database.close();
        return rows;
      },
      repeat: 'same' as const,
      rewinds: false,
      value: (id: number) => ({ id, name: `name ${id}`, value: id + 0.5 }),
      refused,
    };
  };
}

for (const mode of ['joined', 'upsert'] as const) {
  sinkContract(`a SQLite table (${mode}) without key fields`, into(mode, []));
  sinkContract(`a SQLite table (${mode}) with a key`, into(mode, ['id']));
  sinkContract(`a SQLite table (${mode}) with two key fields`, into(mode, ['name', 'id']));
  refusalContract(`a SQLite table (${mode}) with a key`, into(mode, ['id']));
}
