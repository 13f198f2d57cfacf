import type { Millis } from '../clock.ts';

const grouped = new Intl.NumberFormat('en-US');

/** `1,234,567` */
export function exact(count: number): string {
  return grouped.format(Math.round(count));
}

/** At most five characters below 10^18: `9876`, `98.7k`, `1.23M`, `123G`. */
export function compact(count: number): string {
  if (count < 0) return `-${compact(-count)}`;
  if (count < 9999.5) return String(Math.round(count));
  let scaled = count;
  let unit = '';
  for (const next of ['k', 'M', 'G', 'T', 'P']) {
    if (scaled < 999.5) break;
    scaled /= 1000;
    unit = next;
  }
  return threeDigits(scaled) + unit;
}

/** A rate of events; below 10 a second with one decimal. */
export function rate(perSecond: number): string {
  return perSecond > 0 && perSecond < 9.95 ? perSecond.toFixed(1) : compact(perSecond);
}

/** `4.2 ms`, `312 ms`, `1.25 s`; a dash before the first measurement. */
export function latency(length: Millis | null): string {
  if (length === null) return '–';
  return latencyParts(length).join(' ');
}

/** The number and its unit. */
export function latencyParts(length: Millis): [string, string] {
  if (length < 10) return [length.toFixed(1), 'ms'];
  if (length < 999.5) return [length.toFixed(0), 'ms'];
  if (length < 99_950) return [threeDigits(length / 1000), 's'];
  return [compact(length / 1000), 's'];
}

/** The two largest units: `12s`, `2m 14s`, `3h 5m`, `2d 4h`. */
export function duration(length: Millis): string {
  const seconds = Math.floor(Math.max(0, length) / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h ${minutes % 60}m`;
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** `812 B`, `1.25 MB`; decimal units, as disks and networks are sold. */
export function bytes(count: number): string {
  if (count < 999.5) return `${Math.round(count)} B`;
  let scaled = count;
  let unit = '';
  for (const next of ['kB', 'MB', 'GB', 'TB', 'PB']) {
    if (scaled < 999.5) break;
    scaled /= 1000;
    unit = next;
  }
  return `${threeDigits(scaled)} ${unit}`;
}

/** Of a share in per cent: `0 %`, `0.02 %`, `12 %`; never 0 for something, nor 100 for less than all. */
export function percent(share: number): string {
  if (share <= 0) return '0 %';
  if (share < 0.01) return '<0.01 %';
  if (share < 10) return `${Number(share.toFixed(2))} %`;
  return `${share < 100 ? Math.min(99.9, Number(share.toFixed(1))) : 100} %`;
}

/** `1 dead letter`, `3 dead letters` */
export function plural(count: number, noun: string): string {
  return `${exact(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function threeDigits(value: number): string {
  return value < 9.995 ? value.toFixed(2) : value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}
