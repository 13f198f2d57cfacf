import type { FlagJob } from './flag-job.ts';

/** `name=value` texts as a map; only the first `=` divides. */
export function pairsOf(
  job: FlagJob,
  flag: string,
  texts: readonly string[],
  example: string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const equals = text.indexOf('=');
      if (equals > 0) return [text.slice(0, equals).trim(), text.slice(equals + 1).trim()];
      return job.fail(flag, `${JSON.stringify(text)} is no name=value`, `for example --${flag} ${example}`);
    }),
  );
}
