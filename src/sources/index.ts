import type { SourceDefinition } from '../component/define.ts';
import { fileSource } from './file/definition.ts';
import { generateSource } from './generate/definition.ts';
import { kafkaSource } from './kafka/definition.ts';
import { stdinSource } from './stdin/definition.ts';

/** Every source there is, in the order in which `sluice components` lists them. */
export const sources: readonly SourceDefinition[] = [kafkaSource, fileSource, stdinSource, generateSource];
