import { expect, test } from 'vitest';
import type { Source } from '../../src/component/source.ts';
import type { PartitionId, Position, Positions } from '../../src/event.ts';
import { TestSourceHost } from './host.ts';

const BIG = 1024 * 1024;

/** A bounded input, the same for every source that is built over it. */
export interface SourceUnderTest {
  build(): Promise<Source>;
  /** How many records it holds. */
  readonly count: number;
}

interface Read {
  readonly partition: PartitionId;
  readonly text: string;
  readonly offset: Position;
  readonly next: Position;
}

/** What every source must do, whatever it reads. `make` is called for each test. */
export function sourceContract(name: string, make: () => Promise<SourceUnderTest>): void {
  test(`${name} gives every record once, and then is at its end`, async () => {
    const { build, count } = await make();
    const read = await readFrom(build, {});
    expect(read).toHaveLength(count);
    expect(new Set(read.map(({ partition, offset }) => `${partition} ${offset}`)).size).toBe(count);
  });

  test(`${name} never goes back in a partition`, async () => {
    const { build } = await make();
    const last: Record<PartitionId, Position> = {};
    for (const { partition, offset, next } of await readFrom(build, {})) {
      expect(offset).toBeGreaterThanOrEqual(last[partition] ?? 0);
      expect(next).toBeGreaterThan(offset);
      last[partition] = next;
    }
  });

  test(`${name} resumes after any record with exactly the rest`, async () => {
    const { build } = await make();
    const all = await readFrom(build, {});
    for (const cut of cutsOf(all.length)) {
      const positions = positionsAfter(all.slice(0, cut));
      const rest = await readFrom(build, positions);
      expect(byPartition(rest), `after ${cut} records`).toEqual(byPartition(all.slice(cut)));
    }
  });

  test(`${name} keeps the bounds of a poll, but gives one record that is larger`, async () => {
    const { build, count } = await make();
    expect((await runsOf(build, 3, BIG)).every((run) => run.length <= 3)).toBe(true);
    const ones = await runsOf(build, 3, 1);
    expect(ones.map((run) => run.length)).toEqual(Array(count).fill(1));
  });

  test(`${name} loses nothing by a pause`, async () => {
    const { build, count } = await make();
    const source = await build();
    await source.open({}, new TestSourceHost());
    source.pause();
    let polled = 0;
    for (let run = source.poll(1, BIG); run !== undefined; run = source.poll(1, BIG)) polled += run.length;
    source.resume();
    polled += (await drain(source, 2, BIG)).length;
    await source.close();
    expect(polled).toBe(count);
  });

  test(`${name} stops waiting when the signal aborts`, async () => {
    const { build } = await make();
    const source = await build();
    await source.open({}, new TestSourceHost());
    source.pause();
    while (source.poll(1000, BIG) !== undefined);
    await source.ready(AbortSignal.abort());
    await source.close();
  });

  test(`${name} may be closed twice`, async () => {
    const { build } = await make();
    const source = await build();
    await source.open({}, new TestSourceHost());
    await source.close();
    await source.close();
  });
}

/** All cuts of a small input; of a large one the first, the last and some between. */
function cutsOf(count: number): number[] {
  const step = Math.max(1, Math.floor(count / 20));
  const cuts = Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
  return [...cuts, count];
}

function positionsAfter(read: readonly Read[]): Positions {
  return Object.fromEntries(read.map(({ partition, next }) => [partition, next]));
}

function byPartition(read: readonly Read[]): Record<PartitionId, string[]> {
  const texts: Record<PartitionId, string[]> = {};
  for (const { partition, text } of read) (texts[partition] ??= []).push(text);
  return texts;
}

async function readFrom(build: () => Promise<Source>, resume: Positions): Promise<Read[]> {
  return (await runsOf(build, 7, BIG, resume)).flat();
}

async function runsOf(
  build: () => Promise<Source>,
  maxRecords: number,
  maxBytes: number,
  resume: Positions = {},
): Promise<Read[][]> {
  const source = await build();
  const host = new TestSourceHost(resume);
  await source.open(resume, host);
  const runs = await drainRuns(source, maxRecords, maxBytes, host);
  await source.close();
  return runs;
}

/** Polls until the source is at its end. */
export async function drain(source: Source, maxRecords: number, maxBytes: number): Promise<Read[]> {
  return (await drainRuns(source, maxRecords, maxBytes)).flat();
}

async function drainRuns(
  source: Source,
  maxRecords: number,
  maxBytes: number,
  host?: TestSourceHost,
): Promise<Read[][]> {
  const runs: Read[][] = [];
  const never = new AbortController().signal;
  while (!source.ended) {
    if (host?.failures[0]) throw host.failures[0];
    const records = source.poll(maxRecords, maxBytes);
    if (records === undefined) await source.ready(never);
    else
      runs.push(
        Array.from({ length: records.length }, (_, index) => ({
          partition: records.partition,
          text: String(records.text(index)),
          offset: records.offset(index),
          next: records.next(index),
        })),
      );
  }
  return runs;
}
