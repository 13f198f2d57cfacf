import { DataError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import { type Message, sizeOf } from './message.ts';

/** kafkajs copies its lists anew for each message of a request, so that requests cost the square of this. */
const MESSAGES_PER_REQUEST = 1000;
/** The header of a batch of records, and some room. */
const BATCH_OVERHEAD = 128;

/** Answers that blame what was sent, not the server: the rest of a request may well pass. */
const refusals = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE']);

export interface Indexed {
  /** Of the event in its batch. */
  readonly index: number;
  readonly message: Message;
}

/** The requests that a batch takes; an event that can't be a record is given to `reject`. */
export function requestsFor(
  batch: readonly Event[],
  messageOf: (event: Event) => Message,
  batchBytes: number,
  reject: (index: number, error: DataError) => void,
): Indexed[][] {
  const requests: Indexed[][] = [];
  let request: Indexed[] = [];
  let bytes = BATCH_OVERHEAD;
  for (const [index, event] of batch.entries()) {
    try {
      const message = messageOf(event);
      const size = sizeOf(message);
      if (request.length === MESSAGES_PER_REQUEST || bytes + size > batchBytes) {
        request = [];
        bytes = BATCH_OVERHEAD;
      }
      if (request.length === 0) requests.push(request);
      request.push({ index, message });
      bytes += size;
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      reject(index, error);
    }
  }
  return requests;
}

/** Whether an answer blames what was sent. */
export function isRefusal(type: string | undefined): boolean {
  return type !== undefined && refusals.has(type);
}

/** A request that was refused as a whole, as two; undefined if it is a single record, which is then the culprit. */
export function halvesOf(request: readonly Indexed[]): [readonly Indexed[], readonly Indexed[]] | undefined {
  if (request.length === 1) return undefined;
  const middle = Math.ceil(request.length / 2);
  return [request.slice(0, middle), request.slice(middle)];
}

export function refusalOf(message: string, cause: unknown): DataError {
  return new DataError('refused', `kafka refuses the record: ${message}`, { cause });
}
