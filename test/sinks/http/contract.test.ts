import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../../src/event.ts';
import { HttpSink } from '../../../src/sinks/http/sink.ts';
import { postponingContract, refusalContract, sinkContract } from '../../contracts/sink.ts';

/** A server that refuses what is `bad`, and does not take what is `early` yet. */
async function server() {
  const taken: JsonObject[] = [];
  let early = true;
  const listening = createServer(async (request, response) => {
    const value = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const status = value.bad ? 400 : value.early && early ? 503 : 200;
    if (status === 200) taken.push(value);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  const url = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`;
  return {
    build: async () => new HttpSink({ url, method: 'POST', body: 'event', headers: {}, timeout: 5000 }),
    rows: async () => taken,
    repeat: 'again' as const,
    rewinds: false,
    value: (id: number) => ({ id }),
    refused: { bad: true },
    postponed: { early: true },
    relent() {
      early = false;
    },
  };
}

sinkContract('a web hook', server);
refusalContract('a web hook', server);
postponingContract('a web hook', server);
