import { readFile } from 'node:fs/promises';
import { textOfValue } from '../../aggregation/identity.ts';
import { formatOf } from '../../codecs/compression.ts';
import { decodeRow, readHeader } from '../../codecs/csv.ts';
import { decodeJson } from '../../codecs/json.ts';
import { DataError, messageOf, SpecError, UnreachableError } from '../../errors.ts';
import type { JsonObject, Value } from '../../event.ts';
import type { Found, LookupTable } from './table.ts';

/** Rows of a file of JSON lines or CSV, all read at the start; of two rows with one key the later one counts. */
export class FileLookup implements LookupTable {
  readonly #path: string;
  readonly #by: string;
  #rows: ReadonlyMap<string, JsonObject> = new Map();

  constructor({ path, by }: { readonly path: string; readonly by: string }) {
    this.#path = path;
    this.#by = by;
  }

  async open(): Promise<void> {
    this.#rows = new Map(
      this.#parsed(await this.#text()).map((row, index) => [this.#keyOf(row, index), row]),
    );
  }

  async find(keys: readonly Value[]): Promise<readonly Found[]> {
    return keys.map((key) => this.#rows.get(this.#textOf(key)) ?? null);
  }

  async close(): Promise<void> {}

  async #text(): Promise<string> {
    try {
      return await readFile(this.#path, 'utf8');
    } catch (error) {
      const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      throw new UnreachableError(
        `file:${this.#path}`,
        isMissing ? 'there is no such file' : messageOf(error),
        { cause: error },
      );
    }
  }

  get #isCsv(): boolean {
    return formatOf(this.#path) === 'csv';
  }

  #parsed(text: string): JsonObject[] {
    const lines = text.split(/\r?\n/).filter((line) => line !== '');
    const columns = this.#isCsv ? readHeader(lines[0] ?? '') : undefined;
    return lines.slice(columns === undefined ? 0 : 1).map((line, index) => {
      try {
        return columns === undefined ? decodeJson(line) : decodeRow(columns, line);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        throw this.#wrong(index, error.message);
      }
    });
  }

  #keyOf(row: JsonObject, index: number): string {
    const key = Object.hasOwn(row, this.#by) ? row[this.#by]! : null;
    if (key === null) throw this.#wrong(index, `the row has no "${this.#by}"`);
    return this.#textOf(key);
  }

  /** CSV has no types: there 1 finds '1'. */
  #textOf(key: Value): string {
    return this.#isCsv ? String(key) : textOfValue(key);
  }

  #wrong(index: number, message: string): SpecError {
    return new SpecError(message, { place: `${this.#path}, row ${index + 1}` });
  }
}
