/**
 * The scores of all detectors on the Numenta Anomaly Benchmark, which lies in a checkout of https://github.com/numenta/NAB:
 *   npm run nab -- CHECKOUT [--only knn]… [--results FOLDER]
 * Settings may be chosen on the tuning half, which is every other series in the order of their names; the scores of the held-out half are
 * with the threshold that is best on the other. With --results, NAB's own scorer can be run on what is left there.
 */
import { parseArgs } from 'node:util';
import { algorithms } from './algorithms.ts';
import { readCorpus, type Series } from './corpus.ts';
import { score } from './detect.ts';
import { writeResults } from './results.ts';
import { nabScore, type ScoredSeries, scoreAt } from './scorer.ts';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', multiple: true, default: Object.keys(algorithms) },
    results: { type: 'string' },
  },
});
const [checkout] = positionals;
if (checkout === undefined) throw new Error('say where the checkout of numenta/NAB is');

const corpus = readCorpus(checkout);
print('algorithm', 'tuning half', 'held-out half', 'its own best', 'whole', 'at the default threshold');
for (const name of options.only) {
  const scored = await scoreAll(corpus, algorithms[name]!);
  const [tuning, heldOut] = [0, 1].map((half) => scored.filter((_, index) => index % 2 === half));
  const { score: tuned, threshold } = nabScore(tuning!);
  const figures = [
    tuned,
    scoreAt(heldOut!, threshold),
    nabScore(heldOut!).score,
    nabScore(scored).score,
    // A score of 0.5 is that of the threshold, beyond which a value is an alert.
    scoreAt(scored, 0.5 + Number.EPSILON),
  ];
  print(name, ...figures.map((figure) => figure.toFixed(1)));
  if (options.results !== undefined) writeResults(options.results, `sluice_${name}`, corpus, scored);
}

/** Two jobs at a time. */
async function scoreAll(series: readonly Series[], flags: readonly string[]): Promise<ScoredSeries[]> {
  const scored: ScoredSeries[] = [];
  const waiting = series.entries();
  const worker = async () => {
    for (const [index, each] of waiting) scored[index] = await score(each, flags);
  };
  await Promise.all([worker(), worker()]);
  return scored;
}

function print(...cells: readonly string[]): void {
  process.stdout.write(
    `${cells
      .map((cell) => cell.padEnd(15))
      .join('')
      .trimEnd()}\n`,
  );
}
