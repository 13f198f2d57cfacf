import type { Millis } from '../clock.ts';

const ISO_8601 =
  /^((?:\d{4}|[+-]\d{6})-\d\d-(\d\d))(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-](?:0\d|1[0-8])(?::?[0-5]\d)?)?)?$/i;

/**
 * A point in time from ISO 8601, or from SQL's spelling of it (`2026-01-31 12:00:00`); UTC unless it says otherwise.
 * Cut to the millisecond. Undefined if it is none, or if there is no such day.
 */
export function parseTimestamp(text: string): Millis | undefined {
  const match = ISO_8601.exec(text);
  if (match === null) return undefined;
  const [, date, day, hours = '0', minutes = '0', seconds = '0', fraction = '', offset] = match;
  const midnight = Date.parse(date!);
  if (Number.isNaN(midnight) || new Date(midnight).getUTCDate() !== Number(day)) return undefined;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  const inDay = (Number(hours) * 60 + Number(minutes)) * 60_000 + Number(seconds) * 1000;
  return midnight + inDay + Number(fraction.slice(0, 3).padEnd(3, '0')) - offsetOf(offset);
}

/** `Z`, `+02`, `+02:00` or `+0200`, in milliseconds. */
function offsetOf(offset: string | undefined): Millis {
  if (offset === undefined || offset.length === 1) return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', ''));
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}
