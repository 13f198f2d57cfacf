import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const examplesFolder = fileURLToPath(new URL('../examples', import.meta.url));

/** All jobfiles in `examples/`. */
export const examples: readonly string[] = readdirSync(examplesFolder).filter((name) =>
  name.endsWith('.yaml'),
);

/** Those that need servers, which `test/real/windows.test.ts` runs them with. */
export const withServers: ReadonlySet<string> = new Set(['kafka-windows.yaml', 'premium-activity.yaml']);

/** Those with tests of their own. */
export const withTests: readonly string[] = examples.filter((name) =>
  readFileSync(join(examplesFolder, name), 'utf8').includes('\ntests:'),
);
