const width = 100;

/** What stands after a secret's usual names, so that a mistake beside a password does not print it. */
const secretLine = /((?:password|secret|token|passphrase)\w*["']?\s*[:=]\s*["']?)(?!["']?\$\{)[^\s,}]+/gi;

/** The line with its number, and a caret under the column; both count from 1. */
export function excerpt(text: string, line: number, column: number): string {
  const source = (text.split('\n')[line - 1] ?? '').replace(/\r$/, '').replaceAll('\t', ' ');
  const from = Math.max(0, Math.min(column - 1 - width / 2, source.length - width));
  const shown = source.slice(from, from + width).replace(secretLine, '$1***');
  const gutter = String(line);
  return `  ${gutter} | ${shown}\n  ${' '.repeat(gutter.length)} | ${' '.repeat(column - 1 - from)}^`;
}
