import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectKafka, withAdmin } from '../../../src/clients/kafka/connect.ts';
import { kafkaConnectionSchema } from '../../../src/clients/kafka/options.ts';
import { systemClock } from '../../../src/clock.ts';
import { UnreachableError } from '../../../src/errors.ts';

const folder = join(import.meta.dirname, '../cassandra');
const certificate = join(folder, 'certificate.pem');
/** Accepts encrypted connections as `cassandra.test`, vouched for by itself, and hangs up when it is spoken to. */
let server: Server;
let spokenTo = 0;

beforeAll(async () => {
  const key = readFileSync(join(folder, 'key.pem'));
  server = createServer({ key, cert: readFileSync(certificate) }, (socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      spokenTo++;
      socket.destroy();
    });
  });
  server.on('tlsClientError', () => undefined);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});

afterAll(() => server.close());

/** Whether a broker was trusted enough to be spoken to, and what was said of it. */
async function connect(ssl: unknown): Promise<{ spokenTo: boolean; error: Error }> {
  const { port } = server.address() as AddressInfo;
  const before = spokenTo;
  const options = kafkaConnectionSchema.parse({ brokers: `127.0.0.1:${port}`, ssl });
  const endpoint = await connectKafka(options, 'test', systemClock);
  const error = await withAdmin(endpoint, 10_000, (admin) => admin.listTopics()).catch((one: Error) => one);
  return { spokenTo: spokenTo > before, error: error as Error };
}

test('a certificate that nobody vouches for is refused', async () => {
  const { error, ...result } = await connect(true);
  expect(result.spokenTo).toBe(false);
  expect(error).toBeInstanceOf(UnreachableError);
  expect(error.message).toBe('TLS fails: self-signed certificate');
});

test('a certificate for another name is refused', async () => {
  const { error, ...result } = await connect({ ca: certificate, server_name: 'kafka.test' });
  expect(result.spokenTo).toBe(false);
  expect(error.message).toMatch(/does not match certificate/);
});

test('a trusted certificate for the name that was asked for is accepted', async () => {
  expect(await connect({ ca: certificate, server_name: 'cassandra.test' })).toMatchObject({ spokenTo: true });
});

test('any certificate is accepted where that was asked for', async () => {
  expect(await connect({ verify: false })).toMatchObject({ spokenTo: true });
});
