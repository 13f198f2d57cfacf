import { describe, expect, test } from 'vitest';
import { Campaign, killsOf } from '../torture/campaign.ts';
import { type Cell, nameOf, serverCells } from '../torture/cells.ts';
import { serverWorld } from '../torture/server-world.ts';
import { servers } from './servers.ts';

const SEED = 1;

describe.runIf(servers)(`jobs on servers, killed at random, seed ${SEED}`, () => {
  const campaign = new Campaign(serverWorld(servers ?? { kafka: '', cassandra: '' }));
  // The whole of the cells is for npm run torture.
  const cells = serverCells().filter(({ job }) => job === 'window');

  test.each(cells.map((cell, index) => [nameOf(cell), cell, index] as const))(
    '%s',
    async (_, cell, index) => {
      const [kill] = killsOf(SEED, index, await campaign.baseline(cell));
      expect(await campaign.kill(cell, [kill!])).toMatchObject({ faults: [] });
    },
  );

  const file = { job: 'latest', source: 'file' } as const;
  const paused: Cell[] = [
    { ...file, sink: 'cassandra' },
    { ...file, sink: 'kafka' },
  ];
  test.each(paused)('paused, taken over and woken: $job → $sink', async (cell) => {
    const point = cell.sink === 'kafka' ? 'before commit' : 'before write';
    expect(await campaign.pause(cell, { point, pass: 2 })).toMatchObject({ killed: 1, faults: [] });
  });
});
