import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { planJob } from '../../src/plan/plan.ts';
import { buildOperator } from '../../src/runtime/build-operator.ts';
import { parseJob } from '../../src/spec/parse.ts';
import { readYaml } from '../../src/spec/yaml.ts';
import type { KeyedState } from '../../src/state/keyed-state.ts';
import { temporaryFolder } from '../contracts/folder.ts';

it("tells of the node whose state can't be copied while a checkpoint reads it", async () => {
  const file = join(await temporaryFolder(), 'job.yaml');
  await writeFile(join(file, '../module.mjs'), 'export function process() {}');
  const text = `
name: job
sources: { in: { type: file, path: in.jsonl } }
operators: { called: { type: process, key: k, module: ./module.mjs } }
sinks: { out: { type: file, path: out.jsonl } }`;
  const plan = planJob(parseJob(readYaml(text, file), { environment: {} }));
  const { states } = await buildOperator(plan.operators[0]!, plan);
  const keys = states.get('keys') as KeyedState<unknown>;
  const deep: Record<string, unknown> = {};
  keys.set('a', { key: ['a'], order: 0, values: { deep }, timers: [], seenAt: null });
  deep.later = () => 1;
  keys.freeze();
  expect(() => keys.edit('a')).toThrow(
    `the state of "called" can't be saved: () => 1 could not be cloned; keep plain data in it`,
  );
});
