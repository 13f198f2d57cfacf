import { createHash } from 'node:crypto';
import type { Clock, Millis } from '../../clock.ts';
import { encodeJson, encodeValue } from '../../codecs/json.ts';
import { type Rejection, type Sink, type SinkHost, UnsettledError } from '../../component/sink.ts';
import { DataError, messageOf, SpecError, TransientError } from '../../errors.ts';
import { type Event, identityOf } from '../../event.ts';
import { valueAt } from '../../expression/fields.ts';

export const bodies = ['event', 'array', 'lines'] as const;

export interface HttpOptions {
  readonly url: string;
  readonly method: 'POST' | 'PUT';
  readonly body: (typeof bodies)[number];
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: Millis;
}

/** Answers that a later attempt may change: time-out, too early, too many requests, and all that is the server's fault. */
const later: ReadonlySet<number> = new Set([408, 425, 429]);

/** As much of an answer as a person is shown. */
const SHOWN = 200;

/** As much of an answer as is read, in bytes: what is longer costs its connection. */
const READ = 65_536;

/** As long as servers let such a key be. */
const LONGEST_KEY = 255;

interface Answer extends Pick<Response, 'ok' | 'status' | 'statusText'> {
  readonly text: string;
}

/** A web hook: a request for each event, in order of each key, or one for each batch. */
export class HttpSink implements Sink {
  readonly concurrency = 1;
  readonly #options: HttpOptions;
  readonly #identity: readonly string[];
  #clock!: Clock;
  /** What became of events of a batch that may be passed again; null: it was taken. */
  #settled = new WeakMap<Event, DataError | null>();

  /** `identity`: the fields of the key; without them it is the record's. */
  constructor(options: HttpOptions, identity: readonly string[] = []) {
    this.#options = options;
    this.#identity = identity;
  }

  async open(_last: null, host: SinkHost): Promise<void> {
    this.#clock = host.clock;
  }

  async write(batch: readonly Event[], signal: AbortSignal): Promise<readonly Rejection[]> {
    const requests = this.#options.body === 'event' ? batch.map((event) => [event]) : [batch];
    const postponed = new Postponed(this.#identity);
    for (const events of requests) {
      const [first] = events as [Event];
      if (this.#settled.has(first) || postponed.holdsUp(first)) continue;
      try {
        const refused = await this.#send(events, signal);
        for (const event of events) this.#settled.set(event, refused);
      } catch (error) {
        // One that is silent is not asked for the rest.
        if (!(error instanceof TransientError) || !error.answered) throw error;
        postponed.add(events, error);
      }
    }
    return this.#outcome(batch, postponed);
  }

  /** Throws UnsettledError if something was postponed. */
  #outcome(batch: readonly Event[], { failure, events }: Postponed): readonly Rejection[] {
    const rejections: Rejection[] = [];
    const unsettled: number[] = [];
    const untried: number[] = [];
    for (const [index, event] of batch.entries()) {
      const error = this.#settled.get(event);
      if (error === undefined) (events.has(event) ? unsettled : untried).push(index);
      else if (error !== null) rejections.push({ index, error });
    }
    if (failure !== undefined) throw new UnsettledError(failure, { unsettled, untried, rejections });
    return rejections;
  }

  async prepare(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {}

  /** Resolves with why the events were refused for good, or null. Throws TransientError. */
  async #send(events: readonly Event[], signal: AbortSignal): Promise<DataError | null> {
    const { ok, status, statusText, text } = await this.#request(events, signal);
    if (ok) return null;
    const answer = text.trim() === '' ? statusText : text.trim().replace(/\s+/g, ' ').slice(0, SHOWN);
    const message = `the web hook answers ${status}${answer === '' ? '' : `: ${answer}`}`;
    if (status >= 500 || later.has(status)) throw new TransientError(message, { answered: true });
    return new DataError('refused', message);
  }

  async #request(events: readonly Event[], signal: AbortSignal): Promise<Answer> {
    const { url, method, body, headers, timeout } = this.#options;
    const type = body === 'lines' ? 'application/x-ndjson' : 'application/json';
    const answered = new AbortController();
    const silent = new AbortController();
    const waiting = this.#clock.sleep(timeout, answered.signal).then(() => {
      if (!answered.signal.aborted) silent.abort();
    });
    try {
      const response = await fetch(url, {
        method,
        // A redirected POST may arrive as a GET without its body.
        redirect: 'manual',
        headers: { 'content-type': type, 'idempotency-key': keyOf(events), ...headers },
        body: this.#bodyOf(events),
        signal: AbortSignal.any([signal, silent.signal]),
      });
      const { ok, status, statusText } = response;
      return { ok, status, statusText, text: await beginningOf(response) };
    } catch (error) {
      if (!signal.aborted && !silent.signal.aborted && isOurs(error)) {
        throw new SpecError(`no request can be made: ${reasonOf(error)}`, { place: new URL(url).host });
      }
      const reason = silent.signal.aborted ? `no answer for ${timeout} ms` : reasonOf(error);
      throw new TransientError(`${new URL(url).host}: ${reason}`, { answered: false, cause: error });
    } finally {
      answered.abort();
      await waiting;
    }
  }

  #bodyOf(events: readonly Event[]): string {
    const texts = events.map(({ value }) => encodeJson(value));
    if (this.#options.body === 'array') return `[${texts.join(',')}]`;
    return this.#options.body === 'lines' ? texts.map((text) => `${text}\n`).join('') : texts.join('');
  }
}

/** What a write leaves for later: events that the server does not take now, and what follows them under the same key. */
class Postponed {
  /** Those that the server was asked for. */
  readonly events = new Set<Event>();
  failure: TransientError | undefined;
  readonly #identity: readonly string[];
  readonly #keys = new Set<string>();

  constructor(identity: readonly string[]) {
    this.#identity = identity;
  }

  add(events: readonly Event[], failure: TransientError): void {
    this.failure = failure;
    for (const event of events) {
      this.events.add(event);
      const key = this.#keyOf(event);
      if (key !== undefined) this.#keys.add(key);
    }
  }

  /** Whether the event would overtake one of its key. */
  holdsUp(event: Event): boolean {
    if (this.failure === undefined) return false;
    const key = this.#keyOf(event);
    return key !== undefined && this.#keys.has(key);
  }

  #keyOf({ value, origin, index }: Event): string | undefined {
    if (this.#identity.length > 0)
      return encodeValue(this.#identity.map((path) => valueAt(value, path.split('.'))));
    const key = origin.records.key(index);
    return key === null ? undefined : Buffer.from(key).toString('latin1');
  }
}

/** By which the server can tell that it had these events before: equal for the same events only. */
function keyOf(events: readonly Event[]): string {
  const identities = events.map(identityOf);
  const [only] = identities as [string];
  // A header holds no other characters.
  const key = only.toWellFormed().replace(/[^\x21-\x7e]/gu, encodeURIComponent);
  if (identities.length === 1 && key.length <= LONGEST_KEY) return key;
  return createHash('sha256').update(JSON.stringify(identities)).digest('hex');
}

async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  // Leaving the loop gives up the rest.
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > READ) break;
  }
  return text;
}

/** Whether the request was refused on our side: a failure of the network has a code. */
function isOurs(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } };
  return error instanceof TypeError && cause?.code === undefined;
}

/** fetch says no more than that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return messageOf(cause instanceof Error && cause.message !== '' ? cause : error);
}
