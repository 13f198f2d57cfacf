import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Series } from './corpus.ts';
import type { ScoredSeries } from './scorer.ts';

/** Leaves scores as NAB's `run.py --optimize --score --normalize --resultsDir` reads them. */
export function writeResults(
  folder: string,
  detector: string,
  corpus: readonly Series[],
  scored: readonly ScoredSeries[],
): void {
  for (const [index, { name, timestamps, values }] of corpus.entries()) {
    const rows = timestamps.map(
      (timestamp, row) => `${timestamp},${values[row]},${scored[index]!.scores[row]},0\n`,
    );
    const file = join(folder, detector, dirname(name), `${detector}_${name.slice(name.indexOf('/') + 1)}`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `timestamp,value,anomaly_score,label\n${rows.join('')}`);
  }
}
