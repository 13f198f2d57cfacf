import { errors, types } from 'cassandra-driver';
import { z } from 'zod';
import { CassandraLetters } from '../checkpoint/cassandra/letters.ts';
import { PatientClient } from '../checkpoint/cassandra/patient-client.ts';
import { connectCassandra } from '../clients/cassandra/connect.ts';
import { setupFailure } from '../clients/cassandra/failure.ts';
import { quoteName } from '../clients/cassandra/names.ts';
import {
  cassandraConnection,
  connectionFromUri,
  endpointOf,
  loginFromEnvironment,
} from '../clients/cassandra/options.ts';
import { type Millis, systemClock } from '../clock.ts';
import type { EndpointUri } from '../component/uri.ts';
import type { LetterArchive } from './archive.ts';
import { nothingAt } from './nothing.ts';

const TIMEOUT: Millis = 10_000;

export async function openCassandraArchive(uri: EndpointUri): Promise<LetterArchive> {
  const connection = z.object(cassandraConnection).parse(connectionFromUri(uri));
  const [keyspace = '', table = 'stream_dead_letters'] = uri.path.split('.');
  const letters = `${quoteName(keyspace)}.${quoteName(table)}`;
  const endpoint = endpointOf(connection);
  const client = await connectCassandra({ ...connection, ...loginFromEnvironment(process.env) }, systemClock);
  try {
    const { rows } = await client.execute(`SELECT DISTINCT job FROM ${letters}`);
    const patient = new PatientClient(client, {
      clock: systemClock,
      timeout: TIMEOUT,
      endpoint,
      notice() {},
    });
    return {
      jobs: async () => rows.map((row) => String(row.get('job'))).sort(),
      of: (job) => new CassandraLetters(patient, { letters }, job),
      close: () => patient.close(),
    };
  } catch (error) {
    await client.shutdown();
    throw isMissing(error) ? nothingAt(uri) : setupFailure(error, endpoint);
  }
}

/** No such keyspace, no such table, or another kind of table. */
function isMissing(error: unknown): boolean {
  return error instanceof errors.ResponseError && error.code === types.responseErrorCodes.invalid;
}
