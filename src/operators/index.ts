import type { OperatorDefinition } from '../component/define.ts';
import { detectOperator } from './detect/definition.ts';
import { joinOperator } from './join/definition.ts';
import { processOperator } from './process/definition.ts';
import { transformOperator } from './transform/definition.ts';
import { unionOperator } from './union/definition.ts';
import { windowOperator } from './window/definition.ts';

/** Every operator there is, in the order in which `sluice components` lists them. */
export const operators: readonly OperatorDefinition[] = [
  transformOperator,
  windowOperator,
  joinOperator,
  detectOperator,
  processOperator,
  unionOperator,
];
