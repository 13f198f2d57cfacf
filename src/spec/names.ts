import { SpecError } from '../errors.ts';
import type { JobDocument, Path } from './document.ts';

/** Node names appear in expressions (`orders.id`) and in references (`views.late`), so they hold no dot. */
const nodeName = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;

/** Job names are file names and keys of tables. */
export const jobName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,126}$/;
export const jobNameRule = 'must be up to 127 letters, digits, dots, - and _, with a letter or digit first';

/** The replayed dead letters of a job come from a source of this name. */
const reserved = ['dlq'];

/** What is wrong with a node's name, if anything. */
export function nameProblem(document: JobDocument, path: Path): SpecError | undefined {
  const name = String(path.at(-1));
  const place = document.place(path, 'key');
  if (reserved.includes(name)) {
    return new SpecError(`the name "${name}" is taken by the job's own dead letters`, {
      ...place,
      hint: 'choose another',
    });
  }
  if (nodeName.test(name)) return undefined;
  return new SpecError(`${JSON.stringify(name)} is no name for a node`, {
    ...place,
    hint: 'use up to 63 letters, digits, - and _, with a letter first',
  });
}
