/** A name in CQL: quoted, whatever it holds, so that its case is kept. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal in CQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export interface TableName {
  readonly keyspace: string;
  readonly table: string;
}

/** Cassandra's own rule for the names of keyspaces and tables. */
const tablePattern = /^(\w{1,48})\.(\w{1,48})$/;

/** `keyspace.table`, each as it is spelled; undefined if it is not that. */
export function parseTable(text: string): TableName | undefined {
  const [, keyspace, table] = tablePattern.exec(text) ?? [];
  return keyspace === undefined || table === undefined ? undefined : { keyspace, table };
}

export function quoteTable({ keyspace, table }: TableName): string {
  return `${quoteName(keyspace)}.${quoteName(table)}`;
}
