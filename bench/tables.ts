import { Client } from 'cassandra-driver';

const KEYSPACE = 'sluice_bench';

/** The table that both sides write to, one row for each event of `eventAt`. */
export const EVENTS_TABLE = `${KEYSPACE}.events`;

/** The statement of both sides. */
export function insertInto(table: string): string {
  return `INSERT INTO ${table} (user_id, timestamp, id, action, value, page, referrer, country)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`;
}

/** Makes the table, empty. */
export async function emptyTable(contactPoint: string, localDataCenter: string): Promise<void> {
  const client = new Client({
    contactPoints: [contactPoint],
    localDataCenter,
    socketOptions: { readTimeout: 60_000 },
  });
  try {
    await client.execute(`CREATE KEYSPACE IF NOT EXISTS ${KEYSPACE}
      WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`);
    await client.execute(`CREATE TABLE IF NOT EXISTS ${EVENTS_TABLE} (
      user_id text, timestamp timestamp, id bigint, action text, value double, page text, referrer text,
      country text, PRIMARY KEY ((user_id), timestamp, id))`);
    await client.execute(`TRUNCATE ${EVENTS_TABLE}`);
  } finally {
    await client.shutdown();
  }
}
