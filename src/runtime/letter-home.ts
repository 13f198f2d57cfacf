import { z } from 'zod';
import type { Letters } from '../checkpoint/dead-letter.ts';
import type { StateDirectory, StoreLocation } from '../checkpoint/home.ts';
import type { CheckpointStore } from '../checkpoint/store.ts';
import { cassandraConnection, connectionFromUri } from '../clients/cassandra/options.ts';
import { systemClock } from '../clock.ts';
import { type EndpointUri, parseUri } from '../component/uri.ts';
import { isArchive, openArchive } from '../dead-letters/open-archive.ts';
import { SpecError } from '../errors.ts';
import { anyOf, suggest } from '../spec/suggest.ts';
import { mayExist, withStore } from './checkpoints.ts';

/** The letters of one job. */
interface LettersOfJob {
  readonly job: string;
  readonly letters: Letters;
}

/** Calls `use` with the letters of a job, given by its name or by the URI of where they are. */
export async function withLetters<Result>(
  nameOrUri: string,
  home: StateDirectory,
  use: (of: LettersOfJob) => Promise<Result>,
): Promise<Result> {
  const known = home.find(nameOrUri);
  if (known === undefined && isArchive(nameOrUri)) return withArchive(nameOrUri, use);
  if (known === undefined || !mayExist(known)) throw unknown(nameOrUri, home);
  return withStore(known, { clock: systemClock, notice: () => {} }, (store) =>
    use({ job: nameOrUri, letters: store.letters(nameOrUri) }),
  );
}

/** Throws SpecError unless the letters there are of one job. */
export async function withArchive<Result>(
  uri: string,
  use: (of: LettersOfJob) => Promise<Result>,
): Promise<Result> {
  const archive = await openArchive(uri);
  try {
    const job = onlyOne(uri, await archive.jobs());
    return await use({ job, letters: archive.of(job) });
  } finally {
    await archive.close();
  }
}

/** Of `sqlite:PATH#TABLE` or `cassandra://HOST/KEYSPACE`: where checkpoints, and so letters, are. Undefined for any other text. */
export function locationOf(text: string): StoreLocation | undefined {
  if (!/^(sqlite|cassandra):/.test(text)) return undefined;
  const uri = parseUri(text, 'stdin');
  return uri.scheme === 'sqlite' ? inSqlite(uri) : inCassandra(uri);
}

function inSqlite({ path, fragment }: EndpointUri): StoreLocation {
  return {
    type: 'sqlite',
    file: path,
    checkpoints: 'sluice_checkpoints',
    letters: fragment === '' ? 'sluice_dead_letters' : fragment,
    state: 'sluice_state',
  };
}

function inCassandra(uri: EndpointUri): StoreLocation {
  const [keyspace = '', letters = 'stream_dead_letters'] = uri.path.split('.');
  const connection = z.object(cassandraConnection).parse(connectionFromUri(uri));
  return {
    type: 'cassandra',
    connection,
    keyspace,
    checkpoints: 'stream_checkpoints',
    letters,
    state: 'stream_state',
  };
}

/** The only job that has checkpoints there. Throws SpecError if there is none, or several. */
export async function onlyJob(uri: string, store: CheckpointStore): Promise<string> {
  return onlyOne(uri, await store.jobs());
}

function onlyOne(uri: string, jobs: readonly string[]): string {
  const [job] = jobs;
  if (job === undefined)
    throw new SpecError('no job has kept letters there', {
      place: uri,
      hint: 'sluice dlq list shows the jobs that have some',
    });
  if (jobs.length === 1) return job;
  throw new SpecError(`${jobs.length} jobs keep their letters there`, {
    place: uri,
    hint: `give the job's name: ${anyOf(jobs)}`,
  });
}

function unknown(name: string, home: StateDirectory): SpecError {
  const jobs = home.jobs();
  return new SpecError(`there is no job "${name}"`, {
    hint: suggest(name, jobs) ?? (jobs.length > 0 ? `there are ${jobs.join(', ')}` : 'no job ran here yet'),
  });
}
