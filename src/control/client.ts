import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Reply, Request } from './protocol.ts';

/** Nobody listens at the address: undefined if there is no socket, else what is left of a job that was killed. */
export class NobodyListens extends Error {
  override readonly name = 'NobodyListens';
  readonly isLeftOver: boolean;

  constructor(isLeftOver: boolean) {
    super('nobody listens');
    this.isLeftOver = isLeftOver;
  }
}

/**
 * Asks a running job, and gives its replies as they come, at the pace at which they are taken. Throws NobodyListens;
 * ends when the connection does, or when `signal` aborts.
 */
export async function* ask(address: string, request: Request, signal?: AbortSignal): AsyncGenerator<Reply> {
  const socket = await dial(address);
  const hangUp = () => socket.destroy();
  signal?.addEventListener('abort', hangUp, { once: true });
  if (signal?.aborted) hangUp();
  try {
    socket.write(`${JSON.stringify(request)}\n`);
    const lines = createInterface({ input: socket });
    // A stream that is destroyed never ends.
    socket.once('close', () => lines.close());
    for await (const line of lines) yield JSON.parse(line);
  } finally {
    signal?.removeEventListener('abort', hangUp);
    hangUp();
  }
}

function dial(address: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    socket.once('connect', () => {
      socket.off('error', refuse);
      // A job that is killed resets the connection: the stream ends, and that is all there is to know.
      socket.on('error', () => socket.destroy());
      resolve(socket);
    });
    const refuse = (error: NodeJS.ErrnoException) => {
      const nobody = error.code === 'ENOENT' || error.code === 'ECONNREFUSED';
      reject(nobody ? new NobodyListens(error.code === 'ECONNREFUSED') : error);
    };
    socket.once('error', refuse);
  });
}
