import type { Millis } from '../clock.ts';
import type { DataError } from '../errors.ts';
import type { Event } from '../event.ts';

/**
 * What an operator may do while it is called. All of it is synchronous; `emit` hands the event to the nodes behind
 * before it returns, so an operator emits when its own state is consistent.
 */
export interface Context {
  /** The node's watermark before the event at hand; -Infinity at the start, +Infinity after a bounded input's end. */
  readonly watermark: Millis;
  /** To the default port, or to a named one (`late`). An event to a port that nobody reads is counted only. */
  emit(event: Event, port?: string): void;
  /** The event was looked at and not passed on. Filters call it so that the books balance. */
  filtered(event: Event): void;
  /** The event becomes a dead letter, is skipped, or ends the job, by the node's `on_error`. */
  reject(event: Event, error: DataError): void;
}

/**
 * A synchronous operator: it sees events and watermarks, never a clock or I/O. `process` is called once an event, in
 * order, always after `advance` for every watermark at or before that event's place in the stream. A DataError that
 * it throws is taken as `reject` of the event at hand; anything else ends the job.
 */
export interface Operator {
  process(event: Event, context: Context, port: number): void;
  /**
   * The node's watermark moved to `watermark` (strictly up). Called only by operators that are event-time aware:
   * leave it out where time does not matter.
   */
  advance?(watermark: Millis, context: Context): void;
}
