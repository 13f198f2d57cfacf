/**
 * Each path against the bare client that does the same I/O, in interleaved pairs of processes.
 *   npm run bench -- [--only NAME]… [--pairs 5] [--events 1000000]
 * KAFKA_BOOTSTRAP_SERVERS and CASSANDRA_CONTACT_POINTS name servers whose topics are kept for the next run; without
 * them it starts its own.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Cost, measure, median, type Program } from './measure.ts';
import { type Comparison, comparisons, type Limit, limits } from './rows.ts';
import { openStage, type Stage } from './stage.ts';
import { type Line, print, printHeader } from './table.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    pairs: { type: 'string', default: '5' },
    events: { type: 'string', default: '1000000' },
  },
});
const pairs = Number(options.pairs);

async function compare(row: Comparison, stage: Stage): Promise<Line> {
  const events = stage.events * row.scale;
  const { subject, baseline, reset } = await row.sides(stage, events);
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    await reset?.();
    theirs.push(await runOnce(baseline(), events, stage));
    await reset?.();
    ours.push(await runOnce(subject(), events, stage));
  }
  const ratio = median(ours.map(({ seconds }, pair) => theirs[pair]!.seconds / seconds));
  return {
    name: row.name,
    against: row.against,
    eventsPerSecond: events / median(ours.map(({ seconds }) => seconds)),
    baselinePerSecond: events / median(theirs.map(({ seconds }) => seconds)),
    cpuSecondsPerMillion: median(ours.map(({ cpuSeconds }) => cpuSeconds)) / (events / 1e6),
    peakRssMb: Math.max(...ours.map(({ peakRssMb }) => peakRssMb)),
    cpuRatio: median(ours.map(({ cpuSeconds }, pair) => theirs[pair]!.cpuSeconds / cpuSeconds)),
    figure: ratio.toFixed(2),
    target: `≥ ${row.target}`,
    passed: ratio >= row.target,
  };
}

async function limit(row: Limit, stage: Stage): Promise<Line> {
  const events = stage.events * row.scale;
  const program = await row.program(stage, events);
  const costs: Cost[] = [];
  for (let run = 0; run < (row.scale > 1 ? 1 : pairs); run++) {
    costs.push(await runOnce(program(), events, stage));
  }
  const figure = median(costs.map(row.figure));
  return {
    name: row.name,
    figure: `${figure.toFixed(0)} ${row.unit}`,
    target: `≤ ${row.limit} ${row.unit}`,
    passed: figure <= row.limit,
  };
}

async function runOnce(program: Program, events: number, stage: Stage): Promise<Cost> {
  const dir = await mkdtemp(join(stage.dir, 'run-'));
  try {
    return await measure(program, { dir, events });
  } finally {
    await rm(dir, { recursive: true });
  }
}

const wanted = ({ name }: { name: string }) =>
  options.only.length === 0 || options.only.some((part) => name.toLowerCase().includes(part.toLowerCase()));

const stage = await openStage(Number(options.events));
printHeader();
try {
  const measurements = [
    ...comparisons.filter(wanted).map((row) => ({ name: row.name, line: () => compare(row, stage) })),
    ...limits.filter(wanted).map((row) => ({ name: row.name, line: () => limit(row, stage) })),
  ];
  for (const { name, line } of measurements) {
    const result = await line().catch((error: Error) => ({ name, failure: error.message }));
    print(result);
    if (!('passed' in result && result.passed)) process.exitCode = 1;
  }
} finally {
  await stage.close();
}
