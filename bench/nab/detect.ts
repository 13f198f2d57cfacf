import { execFile } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Series } from './corpus.ts';
import type { ScoredSeries } from './scorer.ts';

const sluice = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** So far back that no row of any series is late. */
const WATERMARK = '1000d';

/** The scores of a row, by its time and value: doubled rows have several. */
type Scores = Map<string, number[]>;

/** Scores all series by one command that a user would type: they are the files of a glob, and each file is a key. */
export async function score(
  corpus: readonly Series[],
  checkout: string,
  flags: readonly string[],
): Promise<ScoredSeries[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-nab-'));
  try {
    const out = join(folder, 'scores.jsonl');
    const from = ['--from', join(checkout, 'data/*/*.csv'), '--time', 'timestamp', '--watermark', WATERMARK];
    const detect = ['detect', ...from, '--key', '$partition AS series', ...flags, '--scores', '--to', out];
    await promisify(execFile)(process.execPath, [sluice, ...detect, '--checkpoint', 'none'], {
      env: { ...process.env, SLUICE_HOME: folder },
    });
    const scores = await readScores(out);
    return corpus.map((series) => ({
      ...series,
      scores: inOrderOfRows(series, scores.get(series.file) ?? new Map()),
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function readScores(file: string): Promise<Map<string, Scores>> {
  const all = new Map<string, Scores>();
  for await (const line of createInterface(createReadStream(file))) {
    const { series, time, value, score } = JSON.parse(line) as {
      series: string;
      time: string;
      value: number;
      score: number;
    };
    const scores = all.get(series) ?? new Map<string, number[]>();
    all.set(series, scores);
    const row = rowOf(Date.parse(time), value);
    scores.set(row, [...(scores.get(row) ?? []), score]);
  }
  return all;
}

/** Scores come in the order of event time, in which a few rows of the corpus don't stand. */
function inOrderOfRows({ timestamps, values, name }: Series, scores: Scores): number[] {
  return timestamps.map((timestamp, index) => {
    const found = scores.get(rowOf(Date.parse(`${timestamp.replace(' ', 'T')}Z`), values[index]!))?.shift();
    if (found === undefined) throw new Error(`${name}: no score for row ${index + 1}`);
    return found;
  });
}

function rowOf(time: number, value: number): string {
  return `${time} ${value}`;
}
