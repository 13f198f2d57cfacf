import { KafkaJSNonRetriableError } from './kafkajs.ts';

/** The most that one compressed batch of records may inflate to, in bytes; brokers take batches of 1 MiB by default. */
export const MAX_INFLATED = 256 * 1024 * 1024;

/** kafkajs tries again after any error that does not say that it is final. */
export class InflateError extends KafkaJSNonRetriableError {}

export function tooLarge(codec: string): InflateError {
  return new InflateError(
    `a ${codec} batch inflates to more than ${MAX_INFLATED / 1024 / 1024} MiB: it is damaged or hostile`,
  );
}
