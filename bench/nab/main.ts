/**
 * The scores of all detectors on the Numenta Anomaly Benchmark, which lies in a checkout of https://github.com/numenta/NAB:
 *   npm run nab -- CHECKOUT [--only knn]… [--results FOLDER]
 * Settings were chosen on one half of the series, every other one in the order of their names; the other half was held out.
 * With --results, NAB's own scorer can be run on what is left there.
 */
import { parseArgs } from 'node:util';
import { algorithms } from './algorithms.ts';
import { readCorpus } from './corpus.ts';
import { score } from './detect.ts';
import { writeResults } from './results.ts';
import { nabScore, scoreAt } from './scorer.ts';

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
/** A score of 0.5 is that of the threshold, beyond which a value is an alert. */
const BEYOND_THRESHOLD = 0.5 + Number.EPSILON;

print('algorithm', 'chosen on', 'held out', 'whole', 'and with the default threshold');
for (const name of options.only) {
  const scored = await score(corpus, checkout, algorithms[name]!);
  const [chosenOn, heldOut] = [0, 1].map((half) => scored.filter((_, index) => index % 2 === half));
  const figures = [chosenOn!, heldOut!, scored].map((each) => nabScore(each).score);
  print(name, ...[...figures, scoreAt(scored, BEYOND_THRESHOLD)].map((figure) => figure.toFixed(1)));
  if (options.results !== undefined) writeResults(options.results, `sluice_${name}`, corpus, scored);
}

function print(...cells: readonly string[]): void {
  process.stdout.write(
    `${cells
      .map((cell) => cell.padEnd(15))
      .join('')
      .trimEnd()}\n`,
  );
}
