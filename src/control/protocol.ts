import { z } from 'zod';
import type { JobStatus, Snapshot } from '../metrics/snapshot.ts';

/**
 * What is said over a job's socket: one line of JSON asks, and lines of JSON answer until one of the two hangs up. A job
 * that ends says so; a connection that ends without it belonged to a process that was killed.
 */

const stats = z.strictObject({
  watch: z.literal('stats'),
  /** Milliseconds from one snapshot to the next. */
  interval: z.number().int().min(100).max(86_400_000),
});

const tap = z.strictObject({
  watch: z.literal('tap'),
  /** A node, or `node.port`; without one, what goes into the sinks. */
  node: z.string().max(200).optional(),
  where: z.string().max(10_000).optional(),
  format: z.enum(['json', 'csv', 'text']),
  limit: z.number().int().positive().optional(),
});

const request = z.discriminatedUnion('watch', [stats, tap]);

export type TapRequest = z.infer<typeof tap>;
export type Request = z.infer<typeof request>;

/** The longest line that asks, in bytes. */
export const LONGEST_REQUEST = 65_536;

/** Undefined for a line that is no request. */
export function parseRequest(line: string): Request | undefined {
  try {
    return request.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

export type Reply = SnapshotReply | EventsReply | EndReply | RefusalReply;

export interface SnapshotReply {
  readonly snapshot: Snapshot;
  /** The process that runs the job. */
  readonly pid: number;
}

export interface EventsReply {
  /** Encoded events with their line ends. */
  readonly text: string;
  /** Events that went by unseen since the last reply, as they came faster than they were taken. */
  readonly dropped: number;
  /** Events that the format has no place for, since the last reply, and why the last of them. */
  readonly refused: number;
  readonly reason: string | null;
}

/** The last line: what became of the job, or that the limit of a tap is reached. */
export interface EndReply {
  readonly end: JobStatus | 'limit';
}

/** The job can't do what was asked. */
export interface RefusalReply {
  readonly error: string;
  readonly place: string | null;
  readonly hint: string | null;
}
