import { closest, distance } from 'fastest-levenshtein';
import { SpecError } from '../errors.ts';

/** The text at hand and where it came from: `--where`, `job.yaml:12:7`. */
export interface Text {
  readonly text: string;
  readonly place: string | undefined;
}

/** A mistake at an offset in the text: `--where:1:15: …`, with the line and a caret below it. */
export function problemAt(source: Text, offset: number, message: string, hint?: string): SpecError {
  const before = source.text.slice(0, offset).split('\n');
  const line = before.length;
  const column = before.at(-1)!.length + 1;
  const position = `${line}:${column}`;
  return new SpecError(message, {
    place: source.place === undefined ? position : `${source.place}:${position}`,
    hint,
    excerpt: excerptOf(source.text.split('\n')[line - 1]!, line, column),
  });
}

const EXCERPT_WIDTH = 100;

function excerptOf(lineText: string, line: number, column: number): string {
  const from = Math.max(0, Math.min(column - 1 - EXCERPT_WIDTH / 2, lineText.length - EXCERPT_WIDTH));
  const shown = lineText.slice(from, from + EXCERPT_WIDTH).replace(/[\t\r]/g, ' ');
  const gutter = String(line);
  return `  ${gutter} | ${shown}\n  ${' '.repeat(gutter.length)} | ${' '.repeat(column - 1 - from)}^`;
}

/** `did you mean "upper"?`, if one of the names is near enough to be meant. */
export function suggestionFor(name: string, known: readonly string[]): string | undefined {
  const near = closest(name.toLowerCase(), [...known]);
  const meant = distance(name.toLowerCase(), near.toLowerCase()) <= Math.max(1, Math.ceil(name.length / 3));
  return meant ? `did you mean "${near}"?` : undefined;
}
