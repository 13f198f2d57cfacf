import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import { fileFailure } from '../clients/file/failure.ts';
import { decodeJson } from '../codecs/json.ts';
import { type EndpointUri, filePathOf } from '../component/uri.ts';
import { DataError, SpecError } from '../errors.ts';
import type { JsonObject, Value } from '../event.ts';
import { letterOf } from './envelope.ts';

/** The letters in lines of JSON. Throws SpecError for a line that is none, UnreachableError if the file can't be read. */
export async function lettersInFile(uri: EndpointUri): Promise<DeadLetter[]> {
  const path = filePathOf(uri);
  const letters: DeadLetter[] = [];
  try {
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const line of lines) letters.push(letterAt(`${path}:${letters.length + 1}`, line));
    return letters;
  } catch (error) {
    throw error instanceof SpecError ? error : fileFailure(path, error);
  }
}

function letterAt(place: string, line: string): DeadLetter {
  const letter = readLetter(line);
  if (letter !== undefined) return letter;
  throw new SpecError('it is no dead letter of sluice', {
    place,
    hint: 'give a file that a job wrote with --dlq',
  });
}

function readLetter(line: string): DeadLetter | undefined {
  try {
    const { event, ...envelope } = decodeJson(line);
    return letterOf(envelope, isObject(event) ? event : null);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

function isObject(value: Value | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
