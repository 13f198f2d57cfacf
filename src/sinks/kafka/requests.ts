import { DataError } from '../../errors.ts';
import type { Event } from '../../event.ts';
import { type Message, sizeOf } from './message.ts';
import type { Partitioner } from './partitioner.ts';

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

/**
 * Records of a single partition. Of a request over several, kafkajs takes back the sequence numbers of all when one is
 * refused, and its retry leaves out a partition whose leader has moved to a broker that has answered already.
 */
export interface Request {
  readonly partition: number;
  readonly records: readonly Indexed[];
}

/** What a request may be, and where it goes. */
export interface Target {
  readonly partitioner: Partitioner;
  /** The most that the topic takes in one batch of records, in bytes. */
  readonly batchBytes: number;
}

/**
 * The requests that a batch takes; an event that can't be a record is given to `reject`, one without a message needs no
 * request.
 */
export function requestsFor(
  batch: readonly Event[],
  messageOf: (event: Event) => Message | undefined,
  target: Target,
  reject: (index: number, error: DataError) => void,
): Request[] {
  const filling = new Filling(target);
  for (const [index, event] of batch.entries()) {
    try {
      const message = messageOf(event);
      if (message !== undefined) filling.add({ index, message });
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      reject(index, error);
    }
  }
  return filling.requests;
}

/** Requests as they fill up, one for each partition at a time; records without a key stay with one until it is full. */
class Filling {
  readonly requests: Request[] = [];
  readonly #target: Target;
  readonly #open = new Map<number, { readonly records: Indexed[]; bytes: number }>();
  #keyless: number | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  add(record: Indexed): void {
    const { key } = record.message;
    const size = sizeOf(record.message);
    const partition =
      key === null ? this.#partitionForKeyless(size) : this.#target.partitioner.partitionOf(key);
    let open = this.#open.get(partition);
    if (open === undefined || !this.#fits(open, size)) {
      open = { records: [], bytes: BATCH_OVERHEAD };
      this.#open.set(partition, open);
      this.requests.push({ partition, records: open.records });
    }
    open.records.push(record);
    open.bytes += size;
  }

  #partitionForKeyless(size: number): number {
    const open = this.#keyless === undefined ? undefined : this.#open.get(this.#keyless);
    if (this.#keyless === undefined || (open !== undefined && !this.#fits(open, size)))
      this.#keyless = this.#target.partitioner.next();
    return this.#keyless;
  }

  #fits({ records, bytes }: { readonly records: readonly Indexed[]; readonly bytes: number }, size: number) {
    return records.length < MESSAGES_PER_REQUEST && bytes + size <= this.#target.batchBytes;
  }
}

/**
 * Sends to all brokers at once, and to each one request after the other: kafkajs lets no two at a broker, and those that
 * wait for one that hangs would wait for each other's retries. Throws the first error, when nothing is on its way any more.
 */
export async function sendEach(
  requests: readonly Request[],
  partitioner: Partitioner,
  send: (request: Request) => Promise<void>,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  const sendAll = async (toOneBroker: readonly Request[]) => {
    for (const request of toOneBroker) {
      if (failure !== undefined) return;
      try {
        await send(request);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  const byBroker = Map.groupBy(requests, ({ partition }) => partitioner.leaderOf(partition));
  await Promise.all(Array.from(byBroker.values(), sendAll));
  if (failure !== undefined) throw failure.error;
}

/** The request as kafkajs wants it. */
export function topicMessages(topic: string, { partition, records }: Request) {
  return { topic, messages: records.map(({ message }) => ({ ...message, partition })) };
}

/** Whether an answer blames what was sent. */
export function isRefusal(type: string | undefined): boolean {
  return type !== undefined && refusals.has(type);
}

/** A request that was refused as a whole, as two; undefined if it is a single record, which is then the culprit. */
export function halvesOf({ partition, records }: Request): [Request, Request] | undefined {
  if (records.length === 1) return undefined;
  const middle = Math.ceil(records.length / 2);
  return [
    { partition, records: records.slice(0, middle) },
    { partition, records: records.slice(middle) },
  ];
}

export function refusalOf(message: string, cause: unknown): DataError {
  return new DataError('refused', `kafka refuses the record: ${message}`, { cause });
}
