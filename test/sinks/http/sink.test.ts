import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import type { SinkHost } from '../../../src/component/sink.ts';
import { DataError, SpecError, TransientError } from '../../../src/errors.ts';
import { Event, type Records } from '../../../src/event.ts';
import { httpSink } from '../../../src/sinks/http/definition.ts';
import { type HttpOptions, HttpSink } from '../../../src/sinks/http/sink.ts';

const never = new AbortController().signal;
const servers: (() => void)[] = [];
afterEach(() => {
  for (const close of servers.splice(0)) close();
});

/** A server that keeps what it is sent, and answers what it is told; 0: nothing at all. */
async function hook(...answers: readonly number[]) {
  const received: { body: string; headers: IncomingMessage['headers'] }[] = [];
  const left = [...answers];
  const server = createServer(async (request, response) => {
    const chunks = await request.toArray();
    received.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
    const status = left.shift() ?? 200;
    if (status === 0) return;
    response.writeHead(status, { location: '/elsewhere' }).end(status < 300 ? 'ok' : 'no such\nteam');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
}

async function sinkFor(url: string, more: Partial<HttpOptions> = {}): Promise<HttpSink> {
  const sink = new HttpSink({ url, method: 'POST', body: 'event', headers: {}, timeout: 5000, ...more });
  await sink.open(null, { clock: systemClock } as SinkHost);
  return sink;
}

const records = { partition: '0', offset: (index: number) => index, key: () => null } as unknown as Records;
const events = ['a', 'b', 'c'].map(
  (name, index) => new Event({ name }, 0, { source: 'in', records, readAt: 0 }, index),
);

describe('a web hook', () => {
  it('is sent each event, in order, under a key by which a repeat can be told', async () => {
    const { url, received } = await hook();
    expect(await (await sinkFor(url, { headers: { 'x-team': 'a' } })).write(events, never)).toEqual([]);
    expect(received.map(({ body }) => body)).toEqual(['{"name":"a"}', '{"name":"b"}', '{"name":"c"}']);
    expect(received.map(({ headers }) => headers['idempotency-key'])).toEqual(['in:0:0', 'in:0:1', 'in:0:2']);
    expect(received[0]!.headers).toMatchObject({ 'x-team': 'a', 'content-type': 'application/json' });
  });

  it('is sent batches, as an array or as lines', async () => {
    const { url, received } = await hook();
    await (await sinkFor(url, { body: 'array' })).write(events, never);
    await (await sinkFor(url, { body: 'lines' })).write(events.slice(1), never);
    expect(received.map(({ body }) => body)).toEqual([
      '[{"name":"a"},{"name":"b"},{"name":"c"}]',
      '{"name":"b"}\n{"name":"c"}\n',
    ]);
  });

  it('knows a repeat of a batch from another one that begins like it, whatever identities hold', async () => {
    const { url, received } = await hook();
    const sink = await sinkFor(url, { body: 'array' });
    const [a, b, c] = events as [Event, Event, Event];
    for (const batch of [
      [a, b],
      [a, b, c],
      [a, b],
    ])
      await (await sinkFor(url, { body: 'array' })).write(batch, never);
    const keys = received.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect([keys[1] === keys[0], keys[2] === keys[0]]).toEqual([false, true]);
    const named = (id: string) => new Event({}, 0, { source: 'in', records, readAt: 0 }, 0, id);
    for (const id of ['node/"Zoë 東\n', 'x'.repeat(300), '\ud800']) await sink.write([named(id)], never);
    const [short, long, broken] = received.slice(3).map(({ headers }) => headers['idempotency-key']);
    expect(short).toBe('node/"Zo%C3%AB%20%E6%9D%B1%0A');
    expect(long).toMatch(/^[0-9a-f]{64}$/);
    expect(broken).toBe('%EF%BF%BD');
  });

  it('that answers without end is heard out no longer than it takes to know', async () => {
    const server = createServer((_, response) => {
      response.writeHead(400);
      const more = () => response.write('no '.repeat(10_000), () => response.destroyed || more());
      more();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    servers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    const sink = await sinkFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const [refusal] = await sink.write(events.slice(0, 1), never);
    expect(refusal!.error.message).toMatch(/^the web hook answers 400: no no/);
  });

  it('to which no request can be made ends the job, and is not waited for', async () => {
    const failure = await (await sinkFor('http://127.0.0.1:6000/'))
      .write(events, never)
      .catch((error) => error);
    expect(failure).toBeInstanceOf(SpecError);
    expect(failure.message).toBe('no request can be made: bad port');
  });

  it('refuses an event for good with a 4xx, or by sending it elsewhere', async () => {
    const { url } = await hook(200, 404, 302);
    const rejections = await (await sinkFor(url)).write(events, never);
    expect(rejections.map(({ index, error }) => [index, error.code, error.message])).toEqual([
      [1, 'refused', 'the web hook answers 404: no such team'],
      [2, 'refused', 'the web hook answers 302: no such team'],
    ]);
  });

  it.each([500, 503, 429, 408])(
    'may do better later after a %i, and is not sent again what it took',
    async (status) => {
      const { url, received } = await hook(200, status);
      const sink = await sinkFor(url);
      const failure = await sink.write(events, never).catch((error) => error);
      expect(failure).toBeInstanceOf(TransientError);
      expect(failure).toMatchObject({ answered: true, unsettled: [1], untried: [] });
      expect(await sink.write(events, never)).toEqual([]);
      expect(received.map(({ body }) => JSON.parse(body).name)).toEqual(['a', 'b', 'c', 'b']);
    },
  );

  it.each([
    ['field', ['team.name'], () => null],
    ['record', [], (index: number) => Buffer.from('xyx'[index]!)],
  ])('gets the events of one key in order, by the key of the %s', async (_, identity, key) => {
    const { url, received } = await hook(500);
    const sink = new HttpSink({ url, method: 'POST', body: 'event', headers: {}, timeout: 5000 }, identity);
    await sink.open(null, { clock: systemClock } as SinkHost);
    const keyed = { ...records, key } as Records;
    const batch = ['x', 'y', 'x'].map(
      (name, index) =>
        new Event({ index, team: { name } }, 0, { source: 'in', records: keyed, readAt: 0 }, index),
    );
    const failure = await sink.write(batch, never).catch((error) => error);
    expect(failure).toMatchObject({ unsettled: [0], untried: [2] });
    await sink.write(batch, never);
    expect(received.map(({ body }) => JSON.parse(body).index)).toEqual([0, 1, 0, 2]);
  });

  it('of batches takes a batch whole, or none of it', async () => {
    const { url } = await hook(503, 413);
    const sink = await sinkFor(url, { body: 'array' });
    const failure = await sink.write(events, never).catch((error) => error);
    expect(failure).toMatchObject({ unsettled: [0, 1, 2], untried: [], rejections: [] });
    const rejections = await sink.write(events, never);
    expect(rejections.map(({ index, error }) => [index, error instanceof DataError])).toEqual([
      [0, true],
      [1, true],
      [2, true],
    ]);
  });

  it('that does not answer, or is not there, is waited for', async () => {
    const silent = await hook(0);
    const failure = await (await sinkFor(silent.url, { timeout: 20 }))
      .write(events, never)
      .catch((error) => error);
    expect(failure).toBeInstanceOf(TransientError);
    expect(failure).toMatchObject({
      answered: false,
      message: expect.stringContaining('no answer for 20 ms'),
    });
    const gone = await hook();
    for (const close of servers.splice(0)) close();
    const absent = await (await sinkFor(gone.url)).write(events, never).catch((error) => error);
    expect(absent).toMatchObject({ name: 'TransientError', answered: false });
  });
});

describe('the options of a web hook', () => {
  it.each([
    [{ url: 'ftp://h/a' }, 'must be a URL that begins with http:// or https://'],
    [{ url: 'https://me:secret@h/a' }, 'holds no user name and password'],
    [{ url: 'https://h/a', headers: { 'a b': 'x' } }, 'must be the name of a header'],
    [{ url: 'https://h/a', headers: { a: 'x\ny' } }, 'must be one line of Latin characters'],
  ])('%j is refused', (given, message) => {
    const { error } = httpSink.options.safeParse(given);
    expect(JSON.stringify(error?.issues)).toContain(message);
    expect(error?.message).not.toContain('secret');
  });
});
