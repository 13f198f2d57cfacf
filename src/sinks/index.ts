import type { SinkDefinition } from '../component/define.ts';

/** Every sink there is, in the order in which `sluice components` lists them. */
export const sinks: readonly SinkDefinition[] = [];
