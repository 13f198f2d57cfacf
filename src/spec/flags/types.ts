import { splitList } from '../../component/options.ts';
import type { FlagJob } from './flag-job.ts';

/** `amount double, at timestamp` as a map from fields to types. */
export function typesOf(job: FlagJob, texts: readonly string[]): Readonly<Record<string, string>> {
  const types = new Map<string, string>();
  for (const text of texts.flatMap(splitList)) {
    const [, name, type] = /^(.*\S)\s+(\w+)$/.exec(text.trim()) ?? [];
    if (name === undefined || type === undefined)
      return job.fail(
        'types',
        `${JSON.stringify(text)} is no field and type`,
        "for example --types 'amount double, at timestamp'",
      );
    if (types.has(name)) job.fail('types', `"${name}" is given twice`, 'a field has one type');
    types.set(name, type.toLowerCase());
  }
  return Object.fromEntries(types);
}
