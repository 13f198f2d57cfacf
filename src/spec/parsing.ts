import type { SpecError } from '../errors.ts';
import type { JobDocument } from './document.ts';
import type { JobSpec, Nodes } from './job.ts';
import type { Environment, Secrets } from './reference.ts';
import type { Registry } from './registry.ts';

/** What the steps of reading one job share. */
export interface Parsing {
  readonly document: JobDocument;
  readonly environment: Environment;
  readonly registry: Registry;
  readonly secrets: Secrets;
  /** The mistakes found so far. */
  readonly problems: SpecError[];
}

export const sections = ['sources', 'operators', 'sinks'] as const;
export type Section = (typeof sections)[number];

/** All that a job has besides its nodes. */
export type JobSettings = Omit<JobSpec, 'name' | keyof Nodes> & { readonly name?: string };
