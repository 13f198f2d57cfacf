import type { SourceDefinition } from '../component/define.ts';

/** Every source there is, in the order in which `sluice components` lists them. */
export const sources: readonly SourceDefinition[] = [];
