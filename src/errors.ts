/**
 * The four classes of error. Anything that is none of them is a bug: it ends the job safely, after which
 * `sluice recover NAME` resumes it.
 */

/** Exit codes of every command. 130 and 143 (forced by a signal) are set where the signal is handled. */
export const ExitCode = {
  done: 0,
  failure: 1,
  usage: 2,
  unreachable: 3,
  errorBudget: 4,
  incompatible: 5,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The job as written is wrong: a flag, a jobfile, an expression, a table that does not fit. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
  readonly exitCode: ExitCode = ExitCode.usage;
  /** Where: `job.yaml:12:7`, `--schema`, or a path in the spec (`sinks.table.ttl`). */
  readonly place: string | undefined;
  /** The way out, as a sentence part: `did you mean "topics"?` */
  readonly hint: string | undefined;
  /** The source lines with a caret under the place, if there are any; printed below the message. */
  readonly excerpt: string | undefined;

  constructor(message: string, where: { place?: string; hint?: string; excerpt?: string } = {}) {
    super(message);
    this.place = where.place;
    this.hint = where.hint;
    this.excerpt = where.excerpt;
  }
}

/** The saved checkpoint does not fit the job (exit 5). */
export class IncompatibleError extends SpecError {
  override readonly exitCode: ExitCode = ExitCode.incompatible;
}

/**
 * One event can't be handled: it becomes a dead letter and the job goes on. `code` is a stable, greppable
 * reason (`decode`, `too_long`, `type`, `time`, `missing_key`, `refused` …).
 */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: string;
  /** Whether the same event may succeed later, unchanged (a lookup miss, a time-out that ran out of retries). */
  readonly retryable: boolean;
  /** The name of the operator's step that could not handle it. */
  readonly step: string | null;

  constructor(
    code: string,
    message: string,
    options: { retryable?: boolean; step?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.step = options.step ?? null;
  }
}

/**
 * A server did not do what it may do later. `answered` tells an overloaded or timed-out server (an attempt, which
 * counts against `max_retries`) from an unreachable or silent one (which blocks the source instead).
 */
export class TransientError extends Error {
  override readonly name = 'TransientError';
  readonly answered: boolean;

  constructor(message: string, options: { answered: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.answered = options.answered;
  }
}

/** An endpoint could not be reached, or refused us, at the start or for longer than `sink_timeout` (exit 3). */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
  readonly endpoint: string;
  readonly hint: string | undefined;

  constructor(endpoint: string, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.endpoint = endpoint;
    this.hint = options.hint;
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Another process runs the job now; nothing that this one does can count any more. */
export class TakenOverError extends Error {
  override readonly name = 'TakenOverError';

  constructor(job: string) {
    super(`another process took over job ${job}`);
  }
}

/** Whoever read our output has closed it (`| head -1`): a job that writes nothing else ends at once, quietly and well. */
export class OutputClosed extends Error {
  override readonly name = 'OutputClosed';
}
