import { createHash } from 'node:crypto';
import type { Clock, Millis } from '../../clock.ts';
import { encodeJson } from '../../codecs/json.ts';
import type { Rejection, Sink, SinkHost } from '../../component/sink.ts';
import { DataError, messageOf, SpecError, TransientError } from '../../errors.ts';
import { type Event, identityOf } from '../../event.ts';

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

/** A web hook: a request for each event, in order, or one for each batch. */
export class HttpSink implements Sink {
  readonly concurrency = 1;
  readonly #options: HttpOptions;
  #clock!: Clock;
  /** What became of events of a batch that may be passed again; null: it was taken. */
  #settled = new WeakMap<Event, DataError | null>();

  constructor(options: HttpOptions) {
    this.#options = options;
  }

  async open(_last: null, host: SinkHost): Promise<void> {
    this.#clock = host.clock;
  }

  async write(batch: readonly Event[], signal: AbortSignal): Promise<readonly Rejection[]> {
    const requests = this.#options.body === 'event' ? batch.map((event) => [event]) : [batch];
    for (const [index, events] of requests.entries()) {
      if (this.#settled.has(events[0]!)) continue;
      const refused = await this.#send(events, signal, () => batch.slice(index).map((_, at) => index + at));
      for (const event of events) this.#settled.set(event, refused);
    }
    return batch.flatMap((event, index) => {
      const error = this.#settled.get(event);
      return error == null ? [] : [{ index, error }];
    });
  }

  async prepare(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {}

  /** Resolves with why the events were refused for good, or null. Throws TransientError. */
  async #send(
    events: readonly Event[],
    signal: AbortSignal,
    unsettled: () => readonly number[],
  ): Promise<DataError | null> {
    const { ok, status, statusText, text } = await this.#request(events, signal);
    if (ok) return null;
    const answer = text.trim() === '' ? statusText : text.trim().replace(/\s+/g, ' ').slice(0, SHOWN);
    const message = `the web hook answers ${status}${answer === '' ? '' : `: ${answer}`}`;
    if (status >= 500 || later.has(status))
      throw new TransientError(message, { answered: true, unsettled: unsettled() });
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
