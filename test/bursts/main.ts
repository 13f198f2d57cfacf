import { parseArgs } from 'node:util';
import { systemClock } from '../../src/clock.ts';
import { type Outcome, runBursts } from './campaign.ts';

const { values } = parseArgs({
  options: {
    bursts: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(systemClock.now() % 1_000_000) },
  },
});

process.stdout.write(`seed ${values.seed}, ${values.bursts} bursts\n`);
const outcome = await runBursts(Number(values.bursts), Number(values.seed));
const ways = ['straight', 'inBatches', 'killed'] as const;
for (const way of ways) print(way, outcome);
if (ways.some((way) => !isEqual(outcome[way], outcome.expected))) process.exitCode = 1;

function print(way: (typeof ways)[number], { expected, events, kills, [way]: found }: Outcome): void {
  const verdict = isEqual(found, expected) ? 'each seen once' : 'NOT those of the definition';
  const beside = way === 'killed' ? `, killed ${kills} times` : '';
  process.stdout.write(
    `${way}: ${found.length} of ${expected.length} alerts in ${events} events${beside}: ${verdict}\n`,
  );
}

function isEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((line, index) => line === other[index]);
}
