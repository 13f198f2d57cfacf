import type { ChalkInstance } from 'chalk';
import { largeDigits } from '../digits.ts';
import type { Palette } from '../palette.ts';
import { sparkline } from '../sparkline.ts';
import type { Layout } from './layout.ts';

/** A figure and its last minute; all its text is ours, so each character is one column wide. */
export interface Figure {
  readonly label: string;
  /** At most five characters. */
  readonly value: string;
  /** As it follows the value: `/s`, ` ms`. */
  readonly unit: string;
  /** Wordings of what else there is to say, the longest first. */
  readonly captions: readonly string[];
  readonly values: readonly (number | null)[];
  /** The value of a full bar. */
  readonly ceiling: number;
  readonly color: ChalkInstance;
}

interface Style {
  readonly width: number;
  readonly size: Layout['figures'];
  readonly palette: Palette;
}

/** Lines that are exactly `width` wide, as many as `figureLines` says. */
export function panel(figure: Figure, style: Style): string[] {
  const { width, size, palette } = style;
  if (size === 'none') return [];
  if (size === 'line') return [inOneLine(figure, style)];
  const height = size === 'tall' ? 2 : 1;
  const bars = sparkline(figure.values, { width, height, ceiling: figure.ceiling });
  const caption = figure.captions.find((wording) => wording.length <= width) ?? figure.captions.at(-1) ?? '';
  return [
    ...(size === 'small' ? [inOneLine(figure, style)] : inLargeDigits(figure, style)),
    ...bars.map((line) => figure.color(line)),
    palette.quiet(fill(caption, width)),
  ];
}

function inOneLine({ label, value, unit }: Figure, { width, palette }: Style): string {
  const shown = ` ${value}${unit}`.slice(0, width);
  return palette.quiet(fill(label, width - shown.length)) + palette.strong(shown);
}

function inLargeDigits({ label, value, unit }: Figure, { width, palette }: Style): string[] {
  const [top, middle, bottom] = largeDigits(value);
  return [
    palette.quiet(fill(label, width)),
    palette.strong(fill(top, width)),
    palette.strong(fill(middle, width)),
    palette.strong(bottom.slice(0, width)) + palette.quiet(fill(` ${unit.trim()}`, width - bottom.length)),
  ];
}

function fill(text: string, width: number): string {
  return text.slice(0, Math.max(0, width)).padEnd(width);
}
