import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import type { Token } from '../component/sink.ts';
import { FileSink } from '../sinks/file/sink.ts';
import { letterEvent } from './envelope.ts';
import { failuresIn, type LetterStore, type LetterStoreHost } from './store.ts';

/** Lines of JSON at the end of a file, one for each failure; its length is in the checkpoint. */
export class FileLetters implements LetterStore {
  readonly place: string;
  readonly #sink: FileSink;

  constructor({ path }: { readonly path: string }) {
    this.place = `file:${path}`;
    this.#sink = new FileSink({
      path,
      format: 'json',
      compression: 'none',
      columns: undefined,
      append: true,
      changelog: false,
    });
  }

  open({ last }: LetterStoreHost): Promise<void> {
    return this.#sink.open(last);
  }

  async deliver(_checkpoint: number, letters: readonly DeadLetter[]): Promise<void> {
    await this.#sink.write(failuresIn(letters).map(letterEvent));
  }

  prepare(): Promise<Token | null> {
    return this.#sink.prepare();
  }

  close(): Promise<void> {
    return this.#sink.close();
  }
}
