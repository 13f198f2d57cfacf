import { createServer, type Server, type ServerResponse } from 'node:http';
import { UnreachableError } from '../errors.ts';
import type { Snapshot } from './snapshot.ts';

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

const CONNECTIONS = 32;

/**
 * Serves the figures of a running job to Prometheus at `path`, and at `/healthz` whether it is alive; a snapshot is
 * taken for each request. Rejects with UnreachableError if the port can't be had. Gives the way to end it.
 */
export async function serveMetrics(
  { host, port, path }: MetricsAddress,
  read: () => Snapshot,
): Promise<() => void> {
  const { prometheusText } = await import('./prometheus.ts');
  const server = createServer((request, response) => {
    const url = request.url?.split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') reply(response, 405, 'only GET is served\n');
    else if (url === '/healthz') answerHealth(read(), response);
    else if (url === path) answerMetrics(response).catch(() => response.destroy());
    else reply(response, 404, `the figures are at ${path}\n`);
  });
  server.maxConnections = CONNECTIONS;
  // A job that is done does not wait for its watchers.
  server.unref();

  async function answerMetrics(response: ServerResponse): Promise<void> {
    reply(response, 200, await prometheusText(read()), 'text/plain; version=0.0.4; charset=utf-8');
  }

  await listen(server, host, port);
  return () => {
    server.close();
    server.closeAllConnections();
  };
}

/** A job that waits for a server is alive: only one that has failed is not. */
function answerHealth({ status, detail }: Snapshot, response: ServerResponse): void {
  reply(response, status === 'failed' ? 503 : 200, `${status}${detail === null ? '' : `: ${detail}`}\n`);
}

function reply(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8') {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refused(error, host, port)));
    server.listen({ host, port, exclusive: true }, resolve);
  });
}

function refused(error: NodeJS.ErrnoException, host: string, port: number): UnreachableError {
  const endpoint = `metrics ${host}:${port}`;
  if (error.code === 'EADDRINUSE')
    return new UnreachableError(endpoint, 'the port is taken', {
      hint: 'choose another with --metrics-port',
      cause: error,
    });
  return new UnreachableError(endpoint, error.message, { cause: error });
}
