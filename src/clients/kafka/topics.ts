import { distance } from 'fastest-levenshtein';
import { SpecError } from '../../errors.ts';

/** Throws SpecError, which names topics spelled alike, for the first of `topics` that is not among `existing`. */
export function refuseMissingTopics(topics: readonly string[], existing: readonly string[]): void {
  const missing = topics.find((topic) => !existing.includes(topic));
  if (missing === undefined) return;
  const similar = similarTopics(missing, existing);
  throw new SpecError(`kafka has no topic "${missing}"`, {
    hint:
      similar.length > 0
        ? `did you mean ${similar.join(', ')}?`
        : 'create it, or check the brokers and your access',
  });
}

function similarTopics(topic: string, existing: readonly string[]): string[] {
  const word = topic.toLowerCase();
  return existing
    .filter((name) => !name.startsWith('__'))
    .map((name) => ({ name, steps: distance(word, name.toLowerCase()) }))
    .filter(({ steps }) => steps <= Math.max(1, Math.floor(word.length / 3)))
    .sort((a, b) => a.steps - b.steps)
    .slice(0, 3)
    .map(({ name }) => `"${name}"`);
}
