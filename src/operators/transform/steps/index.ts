import type { StepDefinition } from './define.ts';
import { drop } from './drop.ts';
import { explode } from './explode.ts';
import { filter } from './filter.ts';
import { parse } from './parse.ts';
import { rename } from './rename.ts';
import { sample } from './sample.ts';
import { select } from './select.ts';
import { set } from './set.ts';

/** Every step there is. */
export const stepDefinitions: readonly StepDefinition[] = [
  filter,
  set,
  select,
  drop,
  rename,
  parse,
  explode,
  sample,
];
