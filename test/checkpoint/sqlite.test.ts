import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { openSqliteStore } from '../../src/checkpoint/sqlite.ts';
import { systemClock } from '../../src/clock.ts';
import { checkpointStoreContract, KEPT } from '../contracts/checkpoint-store.ts';
import { temporaryFolder } from '../contracts/folder.ts';

checkpointStoreContract('a SQLite store', async () => {
  const file = join(await temporaryFolder(), 'checkpoints.db');
  const notices: string[] = [];
  const options = {
    keep: KEPT,
    checkpoints: 'checkpoints',
    letters: 'letters',
    state: 'state',
    clock: systemClock,
    notice: (line: string) => notices.push(line),
  };
  const inside = <Result>(use: (database: Sqlite.Database) => Result): Result => {
    const database = new Sqlite(file);
    try {
      return use(database);
    } finally {
      database.close();
    }
  };
  return {
    open: () => openSqliteStore(file, options),
    notices,
    async damage(what, job, number) {
      if (what === 'missing state') {
        const chunk = 'SELECT max(rowid) FROM state WHERE job = ? AND number = ?';
        inside((database) => database.prepare(`DELETE FROM state WHERE rowid = (${chunk})`).run(job, number));
        return;
      }
      const [table, column] = what === 'record' ? ['checkpoints', 'record'] : ['state', 'bytes'];
      inside((database) => {
        const where = 'WHERE job = ? AND number = ?';
        const damaged = `CAST(substr(${column}, 1, 10) || 'X' || substr(${column}, 12) AS ${what === 'record' ? 'TEXT' : 'BLOB'})`;
        const { changes } = database
          .prepare(`UPDATE ${table} SET ${column} = ${damaged} ${where}`)
          .run(job, number);
        if (changes === 0) throw new Error(`there is no ${what} of checkpoint ${number} to damage`);
      });
    },
    stored: async (job) =>
      inside((database) =>
        database.prepare<[string], number>('SELECT number FROM state WHERE job = ?').pluck().all(job),
      ),
    letterIds: async (job) =>
      inside((database) =>
        database.prepare<[string], string>('SELECT id FROM letters WHERE job = ?').pluck().all(job),
      ),
    joins: true,
  };
});
