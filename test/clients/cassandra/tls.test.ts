import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { connectCassandra } from '../../../src/clients/cassandra/connect.ts';
import { cassandraConnection } from '../../../src/clients/cassandra/options.ts';
import { systemClock } from '../../../src/clock.ts';

const certificate = join(import.meta.dirname, 'certificate.pem');
/** Accepts encrypted connections as `cassandra.test`, vouched for by itself, and never answers. */
let server: Server;
/** Resolves when a client trusts the server enough to speak; then it is told that its time is up. */
let spokenTo = Promise.withResolvers<void>();

beforeAll(async () => {
  const key = readFileSync(join(import.meta.dirname, 'key.pem'));
  server = createServer({ key, cert: readFileSync(certificate) }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => spokenTo.resolve());
  });
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterAll(() => server.close());

function connect(tls: unknown) {
  const { port } = server.address() as AddressInfo;
  spokenTo = Promise.withResolvers<void>();
  const clock = { ...systemClock, sleep: () => spokenTo.promise };
  return connectCassandra(z.strictObject(cassandraConnection).parse({ port, tls }), clock);
}

test('a certificate that nobody vouches for is refused', async () => {
  await expect(connect(true)).rejects.toThrow(/self-signed certificate/);
});

test('a certificate for another name is refused', async () => {
  await expect(connect({ ca: certificate })).rejects.toThrow(/does not match certificate/);
});

test('a trusted certificate for the name that was asked for is accepted', async () => {
  const connecting = connect({ ca: certificate, server_name: 'cassandra.test' });
  await expect(connecting).rejects.toThrow('no answer within 10 s');
});

test('any certificate is accepted where that was asked for', async () => {
  await expect(connect({ verify: false })).rejects.toThrow('no answer within 10 s');
});

test('a file that is not there is named', async () => {
  await expect(connect({ ca: '/no/such/file.pem' })).rejects.toMatchObject({
    name: 'SpecError',
    place: 'tls.ca',
  });
});
