import stringWidth from 'string-width';
import { column } from './text.ts';

/** Lines of cells under their titles, in columns as wide as their widest cell. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [titles, ...rows];
  const widths = titles.map((_, index) => Math.max(...lines.map((cells) => stringWidth(cells[index] ?? ''))));
  return lines
    .map((cells) => widths.map((width, index) => column(cells[index] ?? '', width, 'left')).join('  '))
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}
