import type { StepDefinition } from './define.ts';
import { drop } from './drop.ts';
import { filter } from './filter.ts';
import { rename } from './rename.ts';
import { select } from './select.ts';
import { set } from './set.ts';

/** Every step there is. */
export const stepDefinitions: readonly StepDefinition[] = [filter, set, select, drop, rename];
