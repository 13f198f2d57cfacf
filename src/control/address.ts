import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { StateDirectory } from '../checkpoint/home.ts';
import { SpecError } from '../errors.ts';

/** A socket's address holds 104 bytes on macOS and 108 on Linux, with the zero at its end, and the name it is made under is longer. */
const LONGEST_PATH = 97;

/**
 * Where a running job listens: `run/NAME.sock` in the state directory, or where that is too long for a socket, a file of
 * this user's own folder among the temporary ones.
 */
export function controlAddress(home: StateDirectory, job: string): string {
  const path = join(home.path, 'run', `${job}.sock`);
  if (Buffer.byteLength(path) <= LONGEST_PATH) return path;
  const digest = createHash('sha256').update(path).digest('hex').slice(0, 24);
  return join(tmpdir(), `sluice-${process.getuid?.() ?? 'user'}`, `${digest}.sock`);
}

/** Makes the folder of the address, for its owner alone. Throws SpecError if others can get at it. */
export function prepareFolder(address: string): void {
  const folder = dirname(address);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { mode, uid } = lstatSync(folder);
  const isOurs = process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0);
  if (isOurs) return;
  throw new SpecError('the folder can be read by others', {
    place: folder,
    hint: `make it yours alone: chmod 700 ${folder}`,
  });
}
