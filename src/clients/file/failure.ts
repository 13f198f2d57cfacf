import { messageOf, UnreachableError } from '../../errors.ts';

/** What went wrong with a file, in words. */
export function fileFailure(path: string, error: unknown): UnreachableError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new UnreachableError(`file:${path}`, `${path}: ${reasons[code] ?? messageOf(error)}`, {
    cause: error,
  });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  Z_BUF_ERROR: 'the compressed data ends too soon',
  Z_DATA_ERROR: 'the compressed data is damaged',
};
