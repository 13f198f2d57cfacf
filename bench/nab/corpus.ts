import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScoredSeries } from './scorer.ts';

/** A series of the corpus. */
export interface Series extends Omit<ScoredSeries, 'scores'> {
  /** The CSV file, with the columns timestamp and value. */
  readonly file: string;
  readonly values: readonly number[];
}

/** The 58 series in a checkout of numenta/NAB. */
export function readCorpus(folder: string): Series[] {
  const labels = join(folder, 'labels', 'combined_windows.json');
  const windows = JSON.parse(readFileSync(labels, 'utf8')) as Record<string, [string, string][]>;
  return Object.keys(windows)
    .toSorted()
    .map((name) => {
      const file = join(folder, 'data', name);
      const rows = readFileSync(file, 'utf8').trim().split(/\r?\n/).slice(1);
      const cells = rows.map((row) => row.split(','));
      return {
        name,
        file,
        timestamps: cells.map(([timestamp = '']) => timestamp),
        values: cells.map(([, value]) => Number(value)),
        windows: windows[name]!.map(([first, last]) => [seconds(first), seconds(last)] as const),
      };
    });
}

/** Labels are written with microseconds, data without. */
function seconds(timestamp: string): string {
  return timestamp.slice(0, 19);
}
