import { dedupe } from './dedupe.ts';
import type { StageDefinition, StepDefinition } from './define.ts';
import { drop } from './drop.ts';
import { explode } from './explode.ts';
import { filter } from './filter.ts';
import { lookup } from './lookup.ts';
import { moduleStep } from './module.ts';
import { parse } from './parse.ts';
import { rateLimit } from './rate-limit.ts';
import { rename } from './rename.ts';
import { sample } from './sample.ts';
import { select } from './select.ts';
import { set } from './set.ts';

/** Every step there is. */
export const stepDefinitions: readonly (StepDefinition | StageDefinition)[] = [
  filter,
  set,
  select,
  drop,
  rename,
  parse,
  explode,
  sample,
  dedupe,
  rateLimit,
  lookup,
  moduleStep,
];
