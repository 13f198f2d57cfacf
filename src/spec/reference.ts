import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { SpecError } from '../errors.ts';

/** What references are resolved against. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** `$${` is a plain `${`. */
const reference = /\$\$\{|\$\{(env|file):([^}]*)\}/g;

/** Whether resolving would change the text. */
export function hasReference(text: string): boolean {
  return text.search(reference) !== -1;
}

/** Whether the text is a reference and nothing else, so that printing it gives nothing away. */
export function isWholeReference(text: string): boolean {
  return /^\$\{(env|file):[^}]*\}$/.test(text);
}

/** The text with its relative `${file:…}` made absolute, so that it means the same from any directory. */
export function anchorReferences(text: string, directory: string): string {
  return text.replace(reference, (whole, kind?: string, name = '') =>
    kind === 'file' && !isAbsolute(name) ? `\${file:${resolve(directory, name)}}` : whole,
  );
}

/** Resolves references, and remembers what they stood for, so that no message repeats it. */
export class Secrets {
  readonly #environment: Environment;
  readonly #known = new Map<string, string>();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** The text with its references replaced by what they refer to. Throws SpecError if that is missing. */
  resolve(text: string): string {
    return text.replace(reference, (whole, kind?: string, name = '') => {
      if (kind === undefined) return '${';
      const value = kind === 'env' ? this.#fromEnvironment(name) : fromFile(name);
      if (value !== '') this.#known.set(value, whole);
      return value;
    });
  }

  /** The message with every resolved value replaced by its reference. */
  redact(message: string): string {
    const longestFirst = [...this.#known].sort(([a], [b]) => b.length - a.length);
    return longestFirst.reduce((text, [value, written]) => text.replaceAll(value, written), message);
  }

  #fromEnvironment(name: string): string {
    const value = this.#environment[name];
    if (value !== undefined) return value;
    throw new SpecError(`the environment has no ${name}`, { hint: `export ${name}=… before the command` });
  }
}

/** A file's content without the line end that editors leave. */
function fromFile(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    throw new SpecError(`the file ${path} of a \${file:…} can't be read (${code})`, {
      hint: 'create it, or correct its path',
    });
  }
}
