import { parseArgs } from 'node:util';
import { systemClock } from '../../src/clock.ts';
import { messageOf } from '../../src/errors.ts';
import { Campaign, killsOf, type Verdict } from './campaign.ts';
import { type Cell, embeddedCells, nameOf, serverCells } from './cells.ts';
import { serverWorld } from './server-world.ts';
import { embeddedWorld } from './world.ts';

/** Trials that can't be run, as where a server does not answer, before it gives up. */
const MOST_FAILURES = 10;

const usage = `npm run torture -- [--kills 200] [--seed N] [--trial N | --first N] [--cells TEXT]
  --kills N     go on until so many kills have been survived
  --seed N      the same seed gives the same kills; made up and printed if left out
  --trial N     only the trial of this number, again
  --first N     begin with the trial of this number
  --cells TEXT  only cells whose name holds this: "window", "→ joined"
With KAFKA_BOOTSTRAP_SERVERS and CASSANDRA_CONTACT_POINTS, cells on servers are run too.
`;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '200' },
    seed: { type: 'string', default: String(systemClock.now() % 1_000_000) },
    trial: { type: 'string' },
    first: { type: 'string', default: '0' },
    cells: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(usage);
else process.exitCode = await torture();

async function torture(): Promise<number> {
  const { KAFKA_BOOTSTRAP_SERVERS: kafka, CASSANDRA_CONTACT_POINTS: cassandra } = process.env;
  const hasServers = kafka !== undefined && cassandra !== undefined;
  const world = hasServers ? serverWorld({ kafka, cassandra }) : embeddedWorld;
  const all: Cell[] = hasServers ? [...embeddedCells(), ...serverCells()] : embeddedCells();
  const cells = all.filter((cell) => nameOf(cell).includes(values.cells));
  const campaign = new Campaign(world);
  const seed = Number(values.seed);
  print(`seed ${seed}, ${cells.length} cells${hasServers ? '' : '; no servers: cells on files alone'}`);

  let killed = 0;
  let faulty = 0;
  let failed = 0;
  const only = values.trial === undefined ? undefined : Number(values.trial);
  for (let index = only ?? Number(values.first); killed < Number(values.kills); index++) {
    const cell = cells[index % cells.length]!;
    try {
      const verdict = await campaign.kill(cell, killsOf(seed, index, await campaign.baseline(cell)));
      killed += verdict.killed;
      if (verdict.faults.length > 0) faulty++;
      print(`trial ${index}: ${described(verdict)}`);
    } catch (error) {
      failed++;
      print(`trial ${index}: ${nameOf(cell)} could not be run: ${messageOf(error)}`);
      if (failed === MOST_FAILURES) break;
    }
    if (only !== undefined) break;
  }
  const outcome = faulty === 0 ? '0 lost, 0 doubled' : `${faulty} trials went wrong`;
  print(`${killed} kills, ${outcome}${failed > 0 ? `, ${failed} could not be run` : ''}; seed ${seed}`);
  return faulty + failed === 0 ? 0 : 1;
}

function described({ cell, kills, killed, faults }: Verdict): string {
  const moments = kills.map((kill) => {
    if ('after' in kill) return `after ${Math.round(kill.after)} ms`;
    return 'step' in kill ? `step ${kill.step}` : `${kill.point} ${kill.pass}`;
  });
  const outcome = faults.length === 0 ? 'equal' : `WRONG: ${faults.join('; ')}`;
  return `${nameOf(cell)}, killed ${killed} times (${moments.join(', ')}): ${outcome}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
