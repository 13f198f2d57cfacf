import { readFile } from 'node:fs/promises';
import { glob } from 'tinyglobby';
import { describe, expect, test } from 'vitest';
import { violations } from './layers.ts';

test('imports go one way', async () => {
  const paths = await glob(['src/**/*.{ts,tsx}', 'commands/**/*.{ts,tsx}']);
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8')));
  expect(violations(new Map(paths.map((path, index) => [path, texts[index]!])))).toEqual([]);
});

describe('the rule sees', () => {
  test.each([
    ['a source that imports the runtime', 'src/sources/kafka/source.ts', '../../runtime/run.ts'],
    ['a source that imports a sink', 'src/sources/kafka/source.ts', '../../sinks/kafka/sink.ts'],
    ['the base importing a component', 'src/event.ts', './component/source.ts'],
    ['a command imported from below', 'src/control/socket.ts', '../../commands/run.ts'],
  ])('%s', (_, path, imported) => {
    const imports = [
      `import { a } from '${imported}';`,
      `import type { A } from '${imported}';`,
      `export { a } from '${imported}';`,
      `const { a } = await import('${imported}');`,
      `import {\n  a,\n} from '${imported}';`,
    ];
    for (const text of imports) expect(violations(new Map([[path, text]]))).toHaveLength(1);
  });

  test('a folder without a place', () => {
    expect(violations(new Map([['src/utils/a.ts', '']]))).toEqual([
      'src/utils/a.ts: its folder has no place in the layers',
    ]);
  });

  test('a cycle', () => {
    const files = new Map([
      ['src/plan/a.ts', "import { b } from './b.ts';"],
      ['src/plan/b.ts', "import type { a } from './a.ts';"],
    ]);
    expect(violations(files)).toEqual(['cycle: src/plan/a.ts → src/plan/b.ts → src/plan/a.ts']);
  });

  test('nothing wrong in imports from above and beside', () => {
    const files = new Map([
      ['src/runtime/run.ts', "import { Store } from '../checkpoint/store.ts';\nimport z from 'zod';"],
      ['src/spec/types.ts', "import { sources } from '../sources/index.ts';"],
      ['commands/run.ts', "import { run } from '../src/runtime/run.ts';"],
    ]);
    expect(violations(files)).toEqual([]);
  });
});
