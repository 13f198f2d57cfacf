/**
 * C0 and C1 controls (ESC, BEL, backspace, CSI among them), the line separators, and the characters that reorder
 * text: what could move the cursor, change the terminal, or make a line read as something that it is not.
 */
const unsafe = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Everything that steers a terminal, but the ends of lines and tabs. */
const steering = /[^\P{Cc}\n\t]/gu;

/** Lines of data, as they are but for what would steer the terminal that they are printed on. */
export function sanitizeLines(text: string): string {
  return text.replace(steering, '\ufffd');
}

/** Text from outside, safe to print on a terminal in one line: each unsafe character becomes `�`. */
export function sanitize(text: string): string {
  return text.replace(unsafe, '\ufffd');
}
