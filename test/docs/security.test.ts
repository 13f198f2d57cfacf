import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/security.md', root), 'utf8');
const named = Array.from(page.matchAll(/^- `(test\/[^`]+)`: (.+)$/gm), ([, file = '', title = '']) => ({
  file,
  title,
}));

describe('the security page', () => {
  test.each(named)('names a test that is there: $file, $title', ({ file, title }) => {
    expect(existsSync(new URL(file, root))).toBe(true);
    expect(readFileSync(new URL(file, root), 'utf8')).toContain(title);
  });

  test('names a test in every part on what sluice does', () => {
    const parts = page.split('\n## ').slice(1, -1);
    expect(parts.length).toBeGreaterThan(5);
    for (const part of parts) expect(part).toMatch(/^- `test\//m);
  });
});
