import type { Row } from './row.ts';

/** One request: a prepared statement, or an unlogged batch within one partition. */
export interface Request {
  readonly rows: readonly Row[];
}

export interface PlanOptions {
  /** What tells the rows of one partition apart: equal for equal clustering keys; undefined if that can't be told. */
  clusteringOf(row: Row): string | undefined;
  /** Whether rows of one partition share requests. */
  readonly grouped: boolean;
  /** Told of each row that is left out, because a later one covers it. */
  superseded(earlier: Row, by: Row): void;
}

/** A batch of one partition is one mutation for the server, but a large one holds up the others. */
const MOST_ROWS = 50;
const MOST_BYTES = 64 * 1024;

/** The requests that a batch of rows takes. Rows of one partition keep their order. */
export function planRequests(rows: readonly Row[], options: PlanOptions): Request[] {
  const requests: Request[] = [];
  for (const partition of partitionsOf(rows)) {
    if (partition.length === 1) {
      requests.push({ rows: partition });
      continue;
    }
    const needed = coalesce(partition, options);
    if (options.grouped) chunk(needed, requests);
    else for (const row of needed) requests.push({ rows: [row] });
  }
  return requests;
}

function partitionsOf(rows: readonly Row[]): Row[][] {
  const partitions: Row[][] = [];
  const known = new Map<string, Row[]>();
  for (const row of rows) {
    const partition = row.partition === undefined ? undefined : known.get(row.partition);
    if (partition !== undefined) {
      partition.push(row);
      continue;
    }
    const begun = [row];
    partitions.push(begun);
    if (row.partition !== undefined) known.set(row.partition, begun);
  }
  return partitions;
}

/**
 * Leaves out the upserts that a later upsert of the same row overwrites column by column. Deletes neither cover nor
 * are covered: columns that are not ours tell the difference.
 */
function coalesce(rows: readonly Row[], { clusteringOf, superseded }: PlanOptions): readonly Row[] {
  const last = new Map<string, Row>();
  const covered = new Set<Row>();
  for (const row of rows) {
    const key = row.event.change === 'delete' ? undefined : clusteringOf(row);
    if (key === undefined) continue;
    const earlier = last.get(key);
    if (earlier !== undefined) {
      covered.add(earlier);
      superseded(earlier, row);
    }
    last.set(key, row);
  }
  return covered.size === 0 ? rows : rows.filter((row) => !covered.has(row));
}

function chunk(rows: readonly Row[], requests: Request[]): void {
  let request: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = row.event.origin.records.size(row.event.index);
    if (request.length === MOST_ROWS || (request.length > 0 && bytes + size > MOST_BYTES)) {
      requests.push({ rows: request });
      request = [];
      bytes = 0;
    }
    request.push(row);
    bytes += size;
  }
  requests.push({ rows: request });
}
