import type { Row } from './row.ts';

/** One request: a prepared statement, or an unlogged batch within one partition. */
export interface Request {
  readonly rows: readonly Row[];
}

/** A batch of one partition is one mutation for the server, but a large one holds up the others. */
const MOST_ROWS = 50;
const MOST_BYTES = 64 * 1024;

/**
 * Leaves out the upserts that a later upsert of the same row overwrites column by column; `superseded` is told of each.
 * Deletes neither cover nor are covered: columns that are not ours tell the difference.
 */
export function coalesce(rows: readonly Row[], superseded: (earlier: Row, by: Row) => void): readonly Row[] {
  const last = new Map<string, Row>();
  const covered = new Set<Row>();
  for (const row of rows) {
    if (row.key === undefined || row.change === 'delete') continue;
    const earlier = last.get(row.key);
    if (earlier !== undefined) {
      covered.add(earlier);
      superseded(earlier, row);
    }
    last.set(row.key, row);
  }
  return covered.size === 0 ? rows : rows.filter((row) => !covered.has(row));
}

/** Rows of one partition share requests; each partition's rows keep their order. */
export function groupByPartition(rows: readonly Row[]): Request[] {
  const requests: { rows: Row[] }[] = [];
  const open = new Map<string, { rows: Row[]; bytes: number }>();
  for (const row of rows) {
    const bytes = row.event.origin.records.size(row.event.index);
    const group = row.partition === undefined ? undefined : open.get(row.partition);
    if (group !== undefined && group.rows.length < MOST_ROWS && group.bytes + bytes <= MOST_BYTES) {
      group.rows.push(row);
      group.bytes += bytes;
      continue;
    }
    const request = { rows: [row], bytes };
    requests.push(request);
    if (row.partition !== undefined) open.set(row.partition, request);
  }
  return requests;
}
