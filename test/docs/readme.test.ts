import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

test('the README shows the live view as it is drawn', () => {
  expect(read('README.md')).toContain(
    `\`\`\`text\n${read('test/dashboard/screens/running-100x40.txt')}\n\`\`\``,
  );
});
