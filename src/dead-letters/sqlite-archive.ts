import { existsSync } from 'node:fs';
import { SqliteLetters } from '../checkpoint/sqlite-letters.ts';
import { openSqlite } from '../clients/sqlite.ts';
import { type EndpointUri, filePathOf } from '../component/uri.ts';
import type { LetterArchive } from './archive.ts';
import { nothingAt } from './nothing.ts';

export async function openSqliteArchive(uri: EndpointUri): Promise<LetterArchive> {
  const file = filePathOf({ ...uri, fragment: '' });
  if (!existsSync(file)) throw nothingAt(uri);
  const database = await openSqlite(file);
  const letters = new SqliteLetters(uri.fragment || 'sluice_dead_letters');
  const jobs = letters.jobs(database);
  if (jobs === undefined) {
    database.close();
    throw nothingAt(uri);
  }
  return {
    jobs: async () => jobs,
    of: (job) => letters.of(database, job),
    close: async () => {
      database.close();
    },
  };
}
