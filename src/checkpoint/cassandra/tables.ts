import { quoteName } from '../../clients/cassandra/names.ts';

/** The names of the store's tables, quoted and with their keyspace. */
export interface Tables {
  readonly keyspace: string;
  readonly checkpoints: string;
  readonly state: string;
  readonly staged: string;
  readonly letters: string;
}

export function tablesOf(names: {
  keyspace: string;
  checkpoints: string;
  state: string;
  letters: string;
}): Tables {
  const keyspace = quoteName(names.keyspace);
  return {
    keyspace,
    checkpoints: `${keyspace}.${quoteName(names.checkpoints)}`,
    state: `${keyspace}.${quoteName(names.state)}`,
    staged: `${keyspace}.stream_staged`,
    letters: `${keyspace}.${quoteName(names.letters)}`,
  };
}

/**
 * A job is one partition of checkpoints. Its static columns are the head: only they decide which records count, and
 * only conditional updates change them. A record, and the state that it saw changed, is keyed by its epoch too, so that
 * what a superseded process still writes lands beside, and is never read.
 */
export function createStatements({
  keyspace,
  checkpoints,
  state,
  staged,
  letters,
}: Tables): readonly string[] {
  return [
    keyspaceStatement(keyspace),
    `CREATE TABLE IF NOT EXISTS ${checkpoints} (
       job text, number bigint, epoch bigint, record text, checksum text,
       head_epoch bigint static, head_attempt uuid static, head_kept text static, head_tokens bigint static,
       PRIMARY KEY (job, number, epoch)) WITH CLUSTERING ORDER BY (number DESC, epoch DESC)`,
    ...[state, staged].map(
      (table) => `CREATE TABLE IF NOT EXISTS ${table} (
       job text, number bigint, epoch bigint, node text, state text, part int, bytes blob,
       PRIMARY KEY ((job, number, epoch), node, state, part))`,
    ),
    lettersStatement(letters),
  ];
}

/** One row a letter. */
export function lettersStatement(table: string): string {
  return `CREATE TABLE IF NOT EXISTS ${table} (
    job text, id text, status text, epoch bigint, source text, partition text, position bigint, node text, port int,
    step text, reason text, message text, retryable boolean, attempts int, first_at timestamp, last_at timestamp,
    write_token bigint, event blob, record_at double, bytes blob, key blob, headers map<text, text>, PRIMARY KEY (job, id))`;
}

export function keyspaceStatement(keyspace: string): string {
  return `CREATE KEYSPACE IF NOT EXISTS ${keyspace}
    WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`;
}
