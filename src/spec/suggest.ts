import { closest, distance } from 'fastest-levenshtein';

/** The way out of an unknown word: the one it is closest to, else all there are, unless they are many. */
export function suggest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const near = closest(word.toLowerCase(), [...known]);
  if (distance(word.toLowerCase(), near.toLowerCase()) <= Math.max(1, Math.ceil(word.length / 3))) {
    return `did you mean "${near}"?`;
  }
  return known.length <= 12 ? `it can be ${anyOf(known)}` : undefined;
}

/** `a, b or c`. */
export function anyOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
