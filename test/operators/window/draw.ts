import type { Emitted } from '../harness.ts';

/** A result as one line: `a [0,10) n=2 #1 final`. */
export function lineOf({ value, change, firing, final }: Emitted): string {
  const { key, window_start, window_end, ...rest } = value;
  const bounds = `[${Number(window_start)},${Number(window_end)})`;
  const fields = Object.entries(rest).map(([name, field]) => `${name}=${JSON.stringify(field)}`);
  const state = change === 'delete' ? 'deleted' : final ? 'final' : `#${firing}`;
  return [key === undefined ? '' : String(key), bounds, ...fields, state].join(' ').trim();
}
