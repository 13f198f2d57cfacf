import type { Path } from '../../expression/tree.ts';
import type { StageDefinition, StepDefinition } from './steps/define.ts';

/** A step and its options. */
export interface GivenStep {
  readonly definition: StepDefinition | StageDefinition;
  readonly given: unknown;
}

/** The fields of the filters that are the first to leave events out: all that they leave out have one shape. */
export function decisive(steps: readonly GivenStep[]): readonly Path[] {
  const first = steps.findIndex(({ definition }) => definition.passesAll !== true);
  const behind = first < 0 ? [] : steps.slice(first);
  const other = behind.findIndex(({ definition }) => definition.type !== 'filter');
  const filters = other < 0 ? behind : behind.slice(0, other);
  return filters.flatMap(({ definition, given }) => definition.decidesBy?.(given) ?? []);
}

/** The fields that the steps take to be in events as they come in, up to the step that changes their shape. */
export function expectedOf(steps: readonly GivenStep[]): readonly Path[] {
  const made = new Set<string>();
  const expected: Path[] = [];
  for (const { definition, given } of steps) {
    expected.push(...(definition.reads?.(given) ?? []).filter(([name]) => !made.has(name)));
    const isSame = definition.type === 'filter' || definition.makes !== undefined;
    if (!isSame) break;
    for (const name of definition.makes?.(given) ?? []) made.add(name);
  }
  return expected;
}
