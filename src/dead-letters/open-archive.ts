import { parseUri } from '../component/uri.ts';
import type { LetterArchive } from './archive.ts';

/** Whether the text names a place of dead letters, rather than a job. */
export function isArchive(text: string): boolean {
  return /^(sqlite|cassandra|kafka|file):/.test(text);
}

/** Opens `sqlite:PATH#TABLE`, `cassandra://HOST/KEYSPACE.TABLE`, `kafka://HOST/TOPIC` or `file:PATH`, and makes nothing there. */
export async function openArchive(text: string): Promise<LetterArchive> {
  const uri = parseUri(text, 'stdin');
  switch (uri.scheme) {
    case 'sqlite':
      return (await import('./sqlite-archive.ts')).openSqliteArchive(uri);
    case 'cassandra':
      return (await import('./cassandra-archive.ts')).openCassandraArchive(uri);
    case 'kafka': {
      const { lettersInTopic } = await import('./topic-archive.ts');
      return (await import('./log-archive.ts')).archiveOf(text, await lettersInTopic(uri));
    }
    default: {
      const { lettersInFile } = await import('./file-archive.ts');
      return (await import('./log-archive.ts')).archiveOf(text, await lettersInFile(uri));
    }
  }
}
