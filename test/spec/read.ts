import { SpecError } from '../../src/errors.ts';
import type { JobSpec } from '../../src/spec/job.ts';
import { parseJob } from '../../src/spec/parse.ts';
import { InvalidJob } from '../../src/spec/problem.ts';
import type { Environment } from '../../src/spec/reference.ts';
import { readYaml } from '../../src/spec/yaml.ts';
import { registry } from './components.ts';

/** The job in a jobfile of `/jobs/job.yaml`, made of the components that are only described. */
export function jobOf(
  text: string,
  environment: Environment = {},
  file = '/jobs/job.yaml',
  components = registry,
): JobSpec {
  return parseJob(readYaml(text, file), { environment, registry: components });
}

/** The lines that a person would read, without excerpts; empty if nothing is wrong. */
export function complaints(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return [error, ...(error instanceof InvalidJob ? error.others : [])].map(
      ({ place, message, hint }) => `${place}: ${message}${hint === undefined ? '' : `; ${hint}`}`,
    );
  }
}
