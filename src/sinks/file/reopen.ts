import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SpecError } from '../../errors.ts';

/** A file that rows are appended to. */
export interface OutputFile {
  readonly handle: FileHandle;
  /** The length so far; null for what has none: a pipe, /dev/null. */
  readonly length: number | null;
}

/**
 * Opens the file with its first `keep` bytes and nothing else, null meaning all there is. What is cut away goes with
 * the file: the bytes are copied to a new one that takes the name, so that a process which still writes to the old one,
 * a former run of the same job, does no harm. Throws SpecError if the file is shorter.
 */
export async function reopen(path: string, keep: number | null): Promise<OutputFile> {
  const existing = await stat(path).catch(() => undefined);
  if (existing !== undefined && !existing.isFile()) return { handle: await open(path, 'w'), length: null };
  const size = existing?.size ?? 0;
  if (keep !== null && size < keep) throw shortened(path, keep);
  await mkdir(dirname(path), { recursive: true });
  if (existing === undefined && !keep) return create(path);
  if (keep === null) return openAt(path, size);
  // The link stays a link: it is the file behind it that is replaced.
  const target = existing === undefined ? path : await realpath(path);
  await replaceByCopy(target, keep);
  return openAt(target, keep);
}

async function create(path: string): Promise<OutputFile> {
  await writeFile(path, '', { flag: 'a' });
  await syncFolder(dirname(path));
  return openAt(path, 0);
}

async function openAt(path: string, length: number): Promise<OutputFile> {
  return { handle: await open(path, 'r+'), length };
}

async function replaceByCopy(path: string, length: number): Promise<void> {
  const copy = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  const bytes = length === 0 ? [] : createReadStream(path, { end: length - 1 });
  const { mode } = await stat(path);
  await pipeline(bytes, createWriteStream(copy, { mode, flush: true }));
  await rename(copy, path);
  await syncFolder(dirname(path));
}

/** Makes the new name as durable as the bytes. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function shortened(path: string, length: number): SpecError {
  return new SpecError(`${path} is shorter than ${length} bytes, where the checkpoint stands`, {
    hint: 'put the file back as it was, or start the job afresh: its own command with --restart',
  });
}
