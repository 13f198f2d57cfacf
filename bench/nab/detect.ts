import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Series } from './corpus.ts';
import type { ScoredSeries } from './scorer.ts';

const sluice = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** So far back that no row of a series is late. */
const WATERMARK = '1000d';

/** Scores a series by the command line that a user would type. */
export async function score(series: Series, flags: readonly string[]): Promise<ScoredSeries> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-nab-'));
  try {
    const out = join(folder, 'scores.jsonl');
    const job = ['detect', '--from', series.file, '--time', 'timestamp', '--watermark', WATERMARK];
    const args = [sluice, ...job, '--checkpoint', 'none', '--scores', ...flags, '--to', out];
    await promisify(execFile)(process.execPath, args, { env: { ...process.env, SLUICE_HOME: folder } });
    return { ...series, scores: inOrderOfRows(series, readFileSync(out, 'utf8')) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Scores come in the order of event time, in which a few rows of the corpus don't stand. */
function inOrderOfRows({ timestamps, values, name }: Series, lines: string): number[] {
  const scores = new Map<string, number[]>();
  for (const line of lines.trim().split('\n')) {
    const { time, value, score } = JSON.parse(line) as { time: string; value: number; score: number };
    const row = rowOf(Date.parse(time), value);
    scores.set(row, [...(scores.get(row) ?? []), score]);
  }
  return timestamps.map((timestamp, index) => {
    const found = scores.get(rowOf(Date.parse(`${timestamp.replace(' ', 'T')}Z`), values[index]!))?.shift();
    if (found === undefined) throw new Error(`${name}: no score for row ${index + 1}`);
    return found;
  });
}

function rowOf(time: number, value: number): string {
  return `${time} ${value}`;
}
