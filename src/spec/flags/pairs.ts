import type { FlagJob } from './flag-job.ts';

/** `name=value` texts as a map, no name twice; only the first `=` divides. */
export function pairsOf(
  job: FlagJob,
  flag: string,
  texts: readonly string[],
  example: string,
): Readonly<Record<string, string>> {
  const pairs = texts.map((text) => pairOf(job, flag, text, example));
  const names = new Set<string>();
  for (const [name] of pairs) {
    if (names.has(name)) job.fail(flag, `"${name}" is given twice`, 'give each a name of its own');
    names.add(name);
  }
  return Object.fromEntries(pairs);
}

/** A `name=value` text, divided at the first `=`. */
export function pairOf(job: FlagJob, flag: string, text: string, example: string): [string, string] {
  const equals = text.indexOf('=');
  if (equals > 0) return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
  return job.fail(flag, `${JSON.stringify(text)} is no name=value`, `for example --${flag} ${example}`);
}
