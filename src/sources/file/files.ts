import { type Stats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { glob, isDynamicPattern } from 'tinyglobby';
import { fileFailure } from '../../clients/file/failure.ts';
import { SpecError, UnreachableError } from '../../errors.ts';

/** A file to read, as it was when the job started. */
export interface InputFile {
  readonly path: string;
  readonly size: number;
  /** Whether it has a size and can be read from anywhere, unlike a pipe. */
  readonly isRegular: boolean;
  /** Tells a file from another one that took its name. */
  readonly inode: number;
}

/**
 * The files that `path` names, in the order of their names: one, or those that match it as a glob. Throws
 * UnreachableError where there is none and SpecError for a folder.
 */
export async function listFiles(path: string): Promise<readonly InputFile[]> {
  const paths = await expand(path);
  return Promise.all(paths.map(inspect));
}

async function expand(path: string): Promise<readonly string[]> {
  // A file may have a name that reads like a pattern.
  if (!isDynamicPattern(path) || statSync(path, { throwIfNoEntry: false }) !== undefined) return [path];
  const found = await glob(path, { absolute: path.startsWith('/'), expandDirectories: false, dot: false });
  if (found.length === 0)
    throw new UnreachableError(`file:${path}`, `no file matches ${path}`, {
      hint: 'is the pattern right, and the folder?',
    });
  return found.sort();
}

async function inspect(path: string): Promise<InputFile> {
  const stats = await statOf(path);
  if (stats.isDirectory())
    throw new SpecError('this is a folder', {
      place: path,
      hint: `to read the files in it: ${path.replace(/\/$/, '')}/*.jsonl`,
    });
  return { path, size: stats.size, isRegular: stats.isFile(), inode: stats.ino };
}

export async function statOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw fileFailure(path, error);
  }
}
