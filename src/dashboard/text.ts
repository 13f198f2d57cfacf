import stringWidth from 'string-width';
import { sanitize } from '../terminal.ts';

const afterFirst = /(?:\p{Cf}|\p{Variation_Selector}|\u20e3|(?<=.)\p{Emoji_Modifier}).*$/u;
const printableAscii = /^[ -~]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/**
 * Text from outside (names, messages) made safe to lay out: no control characters, one line, and only characters
 * whose width all terminals agree on. Terminals differ on joined emoji, skin tones and variation selectors, so of
 * such a cluster the first character stays; invisible characters go.
 */
export function displayable(text: string): string {
  if (printableAscii.test(text)) return text.trim();
  const line = sanitize(text.replace(/\s+/gu, ' ').trim());
  return Array.from(graphemes.segment(line), ({ segment }) => segment.replace(afterFirst, '')).join('');
}

/** Cut to at most `columns` on the screen, with an ellipsis in the last one. */
export function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  if (columns <= 0) return '';
  let shown = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    shown += segment;
  }
  return `${shown}…`;
}

/** Cut to at most `columns` on the screen, with an ellipsis behind the first third: for names that differ at their ends. */
export function cutInside(text: string, columns: number): string {
  if (stringWidth(text) <= columns || columns < 3) return cut(text, columns);
  const start = cut(text, Math.ceil(columns / 3));
  const segments = Array.from(graphemes.segment(text), ({ segment }) => segment);
  let end = '';
  while (stringWidth(start + segments.at(-1)! + end) <= columns) end = segments.pop()! + end;
  return start + end;
}

/** Exactly `columns` wide on the screen: cut, or filled with spaces. */
export function column(text: string, columns: number, align: 'left' | 'right'): string {
  const shown = cut(text, columns);
  const fill = ' '.repeat(Math.max(0, columns - stringWidth(shown)));
  return align === 'left' ? shown + fill : fill + shown;
}

/** The first wording that fits into `columns`; the last one, cut, if none does. */
export function fitting(columns: number, ...wordings: readonly string[]): string {
  const fits = wordings.find((wording) => stringWidth(wording) <= columns);
  return fits ?? cut(wordings.at(-1) ?? '', columns);
}

/** Cut into lines of at most `columns`, wherever they end. */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    const wide = stringWidth(segment);
    if (width + wide > columns && line !== '') {
      lines.push(line);
      line = '';
      width = 0;
    }
    line += segment;
    width += wide;
  }
  return columns > 0 ? [...lines, line] : [];
}
