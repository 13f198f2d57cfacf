import { readSync } from 'node:fs';

const CHUNK = 65_536;
/** From one look at an empty pipe to the next, in milliseconds. */
const PAUSE = 5;

/** All that standard input holds, to its end. A pipe that another Node.js process writes says EAGAIN while it is empty. */
export function readStandardInput(): string {
  const chunks: Buffer[] = [];
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const chunk = Buffer.alloc(CHUNK);
    try {
      const length = readSync(0, chunk);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') break;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, PAUSE);
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}
