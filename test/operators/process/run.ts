import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { processOperator } from '../../../src/operators/process/definition.ts';
import { Harness } from '../harness.ts';

/** A module in a file of its own; modules are loaded once, so each has another name. */
function moduleOf(text: string, extension = 'js'): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  const file = join(folder, `module.${extension}`);
  writeFileSync(file, text);
  return file;
}

/** A process node with this module, keyed by `user` unless told otherwise. */
export function processOf(
  text: string,
  more: { key?: string[]; extension?: string; options?: Record<string, unknown> } = {},
): Promise<Harness> {
  const { key = ['user'], extension, options } = more;
  return Harness.of(processOperator, { options: { module: moduleOf(text, extension), ...options }, key });
}
