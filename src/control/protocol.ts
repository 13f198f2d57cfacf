import { z } from 'zod';
import { messageOf, SpecError } from '../errors.ts';
import type { JobStatus, Snapshot } from '../metrics/snapshot.ts';
import type { LetterFates } from '../runtime/ongoing-replay.ts';

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

/** Dead letters are to go through the job, as these flags of `replay-dlq` say; shown until that is done. */
const replay = z.strictObject({
  watch: z.literal('replay'),
  /** Of the job as the one who asks knows it. */
  specHash: z.string(),
  flags: z.record(z.string(), z.union([z.string(), z.boolean()])),
  /** Only these letters. */
  ids: z.array(z.string()).optional(),
});

/** No more of them are to go in. */
const stopReplay = z.strictObject({ watch: z.literal('stop-replay') });

const request = z.discriminatedUnion('watch', [stats, tap, replay, stopReplay]);

export type TapRequest = z.infer<typeof tap>;
export type ReplayRequestLine = z.infer<typeof replay>;
export type Request = z.infer<typeof request>;

/** The longest line that asks, in bytes: it may name every letter of a copy. */
export const LONGEST_REQUEST = 16 * 1024 * 1024;

/** Undefined for a line that is no request. */
export function parseRequest(line: string): Request | undefined {
  try {
    return request.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

export type Reply = SnapshotReply | EventsReply | ReplayReply | EndReply | RefusalReply;

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

export interface ReplayReply {
  readonly replay: { readonly letters: number; readonly done: number };
  /** What became of those that went in, once all that came of them is durable; this is the last line then. */
  readonly fates: LetterFates | null;
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

export function refusalOf(error: unknown): RefusalReply {
  const { place = null, hint = null } = error instanceof SpecError ? error : {};
  return { error: messageOf(error), place, hint };
}
