import type { OperatorDefinition, SinkDefinition, SourceDefinition } from '../component/define.ts';
import { operators } from '../operators/index.ts';
import { sinks } from '../sinks/index.ts';
import { sources } from '../sources/index.ts';

/** The components that a job can be made of. */
export interface Registry {
  readonly sources: readonly SourceDefinition[];
  readonly operators: readonly OperatorDefinition[];
  readonly sinks: readonly SinkDefinition[];
}

export const builtIn: Registry = { sources, operators, sinks };
