import { describe, expect, test } from 'vitest';
import type { Breakage } from './broken.ts';
import { Campaign, killsOf, type Verdict } from './campaign.ts';
import { type Cell, embeddedCells, nameOf } from './cells.ts';
import { type Moment, namedPoints, type Point } from './points.ts';
import { embeddedWorld } from './world.ts';

const SEED = 1;
const SLOW = 120_000;
const campaign = new Campaign(embeddedWorld);

const upsert: Cell = { job: 'latest', source: 'file', sink: 'upsert' };
const joined: Cell = { job: 'latest', source: 'file', sink: 'joined' };
const file: Cell = { job: 'transform', source: 'file', sink: 'file' };

/** Passed once in each life, so that only a second life has something behind it; the others come with every batch. */
const once = new Set<Point>(['after acquire', 'while loading state', 'before open', 'after open']);

function killAt(cell: Cell, point: Point): Promise<Verdict> {
  if (!once.has(point)) return campaign.kill(cell, [{ point, pass: 3 }]);
  return campaign.kill(cell, [
    { point: 'after save', pass: 3 },
    { point, pass: 1 },
  ]);
}

describe.concurrent('a job killed at a point and recovered leaves what an uninterrupted run leaves', () => {
  const ofSinks: [Cell, readonly Point[]][] = [
    // To commit means something to staged sinks only.
    [upsert, namedPoints.filter((point) => point !== 'inside commit')],
    [joined, ['while loading state', 'inside write', 'inside save', 'after save']],
    [file, ['before open', 'inside write', 'after write', 'after flush', 'inside save']],
  ];
  for (const [cell, points] of ofSinks) {
    test.each(points)(`${nameOf(cell)}: %s`, { timeout: SLOW }, async (point) => {
      const { kills, killed, faults } = await killAt(cell, point);
      expect({ killed, faults }).toEqual({ killed: kills.length, faults: [] });
    });
  }
});

test(`twenty kills at random, seed ${SEED}`, { timeout: SLOW }, async () => {
  const cells = embeddedCells();
  let killed = 0;
  for (let index = 0; killed < 20; index++) {
    const cell = cells[index % cells.length]!;
    const verdict = await campaign.kill(cell, killsOf(SEED, index, await campaign.baseline(cell)));
    expect.soft(verdict, `npm run torture -- --seed ${SEED} --trial ${index}`).toMatchObject({ faults: [] });
    killed += verdict.killed;
  }
});

describe.concurrent('a process that pauses and wakes after another took over changes nothing that stays', () => {
  const moments: [Cell, Moment][] = [
    [upsert, { point: 'before write', pass: 8 }],
    // A row is written inside the checkpoint's transaction, whose lock a paused process would keep.
    [joined, { point: 'before save', pass: 3 }],
    [file, { point: 'inside write', pass: 8 }],
  ];
  test.each(moments)('$0.job: $0.source → $0.sink', { timeout: SLOW }, async (cell, moment) => {
    const verdict = await campaign.pause(cell, moment);
    expect(verdict).toMatchObject({ killed: 1, faults: [] });
  });
});

describe.concurrent('the campaign sees an engine that is broken', () => {
  /** Which checkpoint comes after the first rows depends on the disk: what is wrong is seen after one of these. */
  async function faultsOf(cell: Cell, breakage: Breakage): Promise<readonly unknown[]> {
    for (const pass of [2, 3, 4]) {
      const moment = { point: 'after save', pass } as const;
      const { faults } = await campaign.kill({ ...cell, job: 'transform' }, [moment], breakage);
      if (faults.length > 0) return faults;
    }
    return [];
  }

  test.each([upsert, file])('no flush before save, into $sink', { timeout: SLOW }, async (cell) => {
    expect(await faultsOf(cell, 'no flush before save')).not.toEqual([]);
  });

  test.each([upsert, file])('positions before rows, into $sink', { timeout: SLOW }, async (cell) => {
    expect(await faultsOf(cell, 'positions before rows')).not.toEqual([]);
  });

  test.each([upsert, joined])('no epoch check, into $sink', { timeout: SLOW }, async (cell) => {
    const { killed, faults } = await campaign.pause(
      cell,
      { point: 'before save', pass: 3 },
      'no epoch check',
    );
    expect(killed).toBe(1);
    expect(faults).not.toEqual([]);
  });
});
