import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { messageOf, SpecError } from '../errors.ts';

/** What a user's module exports. Throws SpecError if it is not there or fails. */
export async function importModule(file: string): Promise<Record<string, unknown>> {
  try {
    return await import(pathToFileURL(file).href);
  } catch (error) {
    // One that imports what is not there fails with the same code.
    const message = existsSync(file) ? `the module fails: ${messageOf(error)}` : 'there is no such module';
    throw new SpecError(message, { place: file });
  }
}
