import type { Format } from '../component/define.ts';

/** Where the rows of some bytes are, line ends left out. Empty lines are no rows. */
export interface Frame {
  readonly starts: number[];
  readonly ends: number[];
  /** How many of the bytes are done with; the rest belongs to a row whose end has not been seen. */
  consumed: number;
}

/** Finds rows. With `final` no more bytes will follow, and what remains is a row too. */
export type Framer = (bytes: Buffer, final: boolean) => Frame;

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const COMMA = 44;

/** A quoted field that has not closed after so many bytes was opened by mistake: its row ends with its first line. */
export const MAX_QUOTED_ROW = 1024 * 1024;

export function framerFor(format: Format): Framer {
  return format === 'csv' ? frameCsv : frameLines;
}

/** Rows are lines, ended by `\n` or `\r\n`. */
export const frameLines: Framer = (bytes, final) => {
  const frame: Frame = { starts: [], ends: [], consumed: 0 };
  for (let newline = bytes.indexOf(NEWLINE); newline !== -1; newline = bytes.indexOf(NEWLINE, newline + 1)) {
    addRow(frame, bytes, newline, newline + 1);
  }
  if (final) addRow(frame, bytes, bytes.length, bytes.length);
  return frame;
};

/** Rows are lines too, but a quoted field may hold line ends. */
export const frameCsv: Framer = (bytes, final) => {
  const frame: Frame = { starts: [], ends: [], consumed: 0 };
  let quote = bytes.indexOf(QUOTE);
  while (frame.consumed < bytes.length) {
    const start = frame.consumed;
    if (quote !== -1 && quote < start) quote = bytes.indexOf(QUOTE, start);
    const newline = bytes.indexOf(NEWLINE, start);
    const line = newline === -1 ? bytes.length : newline;
    let end = quote !== -1 && quote < line ? endOfQuotedRow(bytes, start) : line;
    if (end === MISTAKEN || (end === UNCLOSED && final)) end = line;
    if (end === UNCLOSED || (end === bytes.length && !final)) return frame;
    addRow(frame, bytes, end, Math.min(end + 1, bytes.length));
  }
  return frame;
};

const UNCLOSED = -1;
const MISTAKEN = -2;

/**
 * The index of the line end, or of the end of the bytes. UNCLOSED if the bytes end within a quoted field, MISTAKEN if
 * the field is still open after MAX_QUOTED_ROW bytes.
 */
function endOfQuotedRow(bytes: Buffer, start: number): number {
  let quoted = false;
  let fieldStart = true;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE && (quoted || fieldStart)) {
      // The second of two quotes opens the field again, and so a doubled quote needs no case of its own.
      quoted = !quoted;
      fieldStart = !quoted;
    } else if (quoted) {
      if (at - start >= MAX_QUOTED_ROW) return MISTAKEN;
    } else {
      if (byte === NEWLINE) return at;
      fieldStart = byte === COMMA;
    }
  }
  return quoted ? UNCLOSED : bytes.length;
}

function addRow(frame: Frame, bytes: Buffer, lineEnd: number, next: number): void {
  const start = frame.consumed;
  const end = lineEnd > start && bytes[lineEnd - 1] === RETURN ? lineEnd - 1 : lineEnd;
  frame.consumed = next;
  if (end === start) return;
  frame.starts.push(start);
  frame.ends.push(end);
}
