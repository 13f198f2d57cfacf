/** The characters of a text by index: the text itself, where each of its units is one. */
export type Characters = string | readonly string[];

const SURROGATE = /[\ud800-\udfff]/;

/** SQL counts code points, JavaScript UTF-16 units: they differ beyond U+FFFF. */
export function charactersOf(text: string): Characters {
  return SURROGATE.test(text) ? [...text] : text;
}

/** The characters `[start, end)`. */
export function slice(characters: Characters, start: number, end?: number): string {
  const part = characters.slice(start, end);
  return typeof part === 'string' ? part : part.join('');
}
