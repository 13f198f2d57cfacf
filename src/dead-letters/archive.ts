import type { Letters } from '../checkpoint/dead-letter.ts';

/** Dead letters where they are kept, of any job. */
export interface LetterArchive {
  /** The jobs that letters are of. */
  jobs(): Promise<readonly string[]>;
  of(job: string): Letters;
  close(): Promise<void>;
}
