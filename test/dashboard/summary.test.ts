import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { booksOf } from '../../src/dashboard/books.ts';
import { createPalette } from '../../src/dashboard/palette.ts';
import { plainLine } from '../../src/dashboard/plain.ts';
import { type Ending, recoverCommand, summary } from '../../src/dashboard/summary.ts';
import { statsJson, summaryJson } from '../../src/dashboard/summary-json.ts';
import type { NodeSnapshot } from '../../src/metrics/snapshot.ts';
import { hostile, node, runningJob } from './snapshots.ts';

const done: Ending = {
  recover: null,
  deadLetters: null,
  hasErrorBudget: false,
  readsUntyped: false,
  palette: createPalette(false),
};

describe('the summary for a person', () => {
  test('tells what came in, what went out, and where each event is', () => {
    expect(summary(runningJob({ status: 'finished' }), done)).toEqual([
      'user-actions finished after 2m 14s',
      '  events       1,234,567 read (9213/s), 1,100,000 written',
      '  errors       3 dead letters (<0.01 %)',
      '  latency      p50 4.2 ms, p95 15 ms, p99 36 ms',
      '  queue        at most 8,120 of 10,000',
      '  checkpoints  4, the last took 38 ms (1.25 MB)',
      '  actions   read 1,234,567 = emitted 1,234,564 + dropped 0 + dead letters 3',
      '  enriched  in 1,234,564 = passed on 1,100,000 + filtered 134,564',
      '  table     in 1,100,000 = written 1,100,000',
    ]);
  });

  test('names the dead letters and the way on after a failure', () => {
    const lines = summary(
      runningJob({ status: 'failed', detail: 'cassandra: 127.0.0.1:9042 does not answer' }),
      {
        ...done,
        recover: recoverCommand('user-actions'),
        deadLetters: {
          place: '/var/lib/sluice/user-actions.db',
          commands: ['sluice dlq list user-actions', 'sluice replay-dlq user-actions'],
        },
      },
    );
    expect(lines[0]).toBe('user-actions failed after 2m 14s: cassandra: 127.0.0.1:9042 does not answer');
    expect(lines.slice(-2)).toEqual([
      '  dead letters are in /var/lib/sluice/user-actions.db: sluice dlq list user-actions or sluice replay-dlq user-actions',
      '  resume it with sluice recover user-actions',
    ]);
  });

  test('tells the most frequent reasons, and how such a job would end early, where nothing came through', () => {
    const reasons = [
      { node: 'enriched', code: 'cast', message: "can't cast the text 'a' to INTEGER", count: 199 },
      { node: 'actions', code: 'decode', message: 'the text ends too early', count: 1 },
    ];
    const failing = runningJob({
      status: 'finished',
      read: 200,
      written: 0,
      deadLetters: 200,
      errorRate: 100,
      reasons,
    });
    const told = [
      "  199 failed in enriched, reason cast: can't cast the text 'a' to INTEGER",
      '  1 failed in actions, reason decode: the text ends too early',
    ];
    expect(summary(failing, done).slice(-3)).toEqual([
      ...told,
      '  no event came through; --max-errors 10% ends such a job, with code 4',
    ]);
    expect(summary(failing, { ...done, hasErrorBudget: true }).slice(-2)).toEqual(told);
    expect(summary({ ...failing, written: 1 }, done).slice(-2)).toEqual(told);
  });

  test('says how CSV gets types, where events failed for want of them', () => {
    const reasons = [{ node: 'w', code: 'type', message: "sum takes numbers, not the text '5'", count: 4 }];
    const hint = "  CSV is read as text; say which fields are numbers: --types 'FIELD double'";
    const failing = runningJob({ status: 'finished', reasons });
    expect(summary(failing, { ...done, readsUntyped: true })).toContain(hint);
    expect(summary(failing, done)).not.toContain(hint);
    const otherwise = runningJob({ reasons: [{ ...reasons[0]!, code: 'decode' }] });
    expect(summary(otherwise, { ...done, readsUntyped: true })).not.toContain(hint);
  });

  test('tells of a join in which nothing met, unless an input had nothing', () => {
    const [a, b] = ['a', 'b'].map((name) => node(name, 'source', 'file', { in: 5, out: 5 }));
    const join = node('both', 'operator', 'join', { in: 10, out: 0 });
    const told =
      '  in both no row met another: a number and its text are no equal keys, nor are a timestamp and its text; CAST makes one the other';
    const lines = (...nodes: NodeSnapshot[]) => summary(runningJob({ status: 'finished', nodes }), done);
    expect(lines(a!, b!, join)).toContain(told);
    expect(lines(a!, { ...b!, in: 0, out: 0 }, join)).not.toContain(told);
    expect(lines(a!, b!, { ...join, out: 1 })).not.toContain(told);
    expect(lines(a!, b!, { ...join, deadLetters: 10 })).not.toContain(told);
  });

  test('names the field that none of the events has which a node left out', () => {
    const filter = node('paying', 'operator', 'transform', {
      in: 60_000,
      filtered: 60_000,
      absentField: { field: 'revenu', fields: ['user_id', 'revenue', 'at'] },
    });
    const lines = (fields: readonly string[], field = 'revenu') =>
      summary(runningJob({ nodes: [{ ...filter, absentField: { field, fields } }] }), done).slice(-1);
    const all = '  paying left out all 60,000 events: none has a field';
    expect(lines(['user_id', 'revenue', 'at'])).toEqual([
      `${all} "revenu"; did you mean "revenue"? They have user_id, revenue and at`,
    ]);
    expect(lines(['a'], 'zzzzz')).toEqual([`${all} "zzzzz"; they have a`]);
    const many = Array.from({ length: 14 }, (_, index) => `f${index}`);
    expect(lines(many, 'zzzzz')).toEqual([
      `${all} "zzzzz"; they have f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11 and 2 more`,
    ]);
  });

  test('counts the results of a node that absorbs events apart from what came in', () => {
    const views = node('views', 'operator', 'window', { in: 10, late: 1, out: 4, makesResults: true });
    expect(summary(runningJob({ nodes: [views, { ...views, out: 1 }] }), done).slice(-2)).toEqual([
      '  views  in 10 = absorbed 9 + late 1 → 4 results',
      '  views  in 10 = absorbed 9 + late 1 → 1 result',
    ]);
  });

  test('says nothing of dead letters where there are none', () => {
    const deadLetters = { place: 'letters.db', commands: [] };
    expect(summary(runningJob({ deadLetters: 0 }), { ...done, deadLetters }).join('\n')).not.toContain(
      'letters.db',
    );
  });

  test('passes no control character of a name on', () => {
    expect(summary(hostile(runningJob()), done).join('')).not.toMatch(/\p{Cc}|[\u202a-\u202e]/u);
  });

  test('quotes a name that a shell would take apart', () => {
    expect(['clicks-1.2', 'two words', "it's", '-x', ''].map(recoverCommand)).toEqual([
      'sluice recover clicks-1.2',
      "sluice recover 'two words'",
      "sluice recover 'it'\\''s'",
      "sluice recover '-x'",
      "sluice recover ''",
    ]);
  });
});

describe('the books of a node', () => {
  test('always add up, whatever the counts', () => {
    const count = fc.nat({ max: 1e9 });
    const counts = fc.record({
      in: count,
      out: count,
      filtered: count,
      late: count,
      skipped: count,
      dropped: count,
      failed: count,
      makesResults: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.constantFrom('source', 'operator', 'sink'),
        counts,
        count,
        (kind, figures, deadLetters) => {
          const { total, parts } = booksOf(node('n', kind, 'any', { ...figures, deadLetters }));
          expect(parts.reduce((sum, part) => sum + part.count, 0)).toBe(total);
        },
      ),
    );
  });

  test('show what was still in the queue when the job was stopped', () => {
    expect(booksOf(node('n', 'source', 'file', { in: 10, out: 7, deadLetters: 1 })).parts).toContainEqual({
      name: 'unfinished',
      count: 2,
    });
    expect(booksOf(node('n', 'operator', 'transform', { in: 10, out: 7, filtered: 1 })).parts).toEqual([
      { name: 'passed on', count: 7 },
      { name: 'filtered', count: 1 },
      { name: 'unfinished', count: 2 },
    ]);
  });
});

describe('the JSON', () => {
  test('of the summary has the promised fields, in the promised order, on one line', () => {
    const text = summaryJson(runningJob({ status: 'failed' }), 'sluice recover user-actions');
    expect(text).not.toContain('\n');
    const fields = JSON.parse(text);
    expect(Object.keys(fields)).toEqual([
      'job',
      'status',
      'duration_ms',
      'read',
      'written',
      'filtered',
      'late',
      'dropped',
      'dead_letters',
      'error_rate',
      'throughput_per_s',
      'latency_ms',
      'max_queue_depth',
      'checkpoints',
      'nodes',
      'recover',
    ]);
    expect(fields).toMatchObject({
      duration_ms: 134_000,
      throughput_per_s: 9213.2,
      latency_ms: { p50: 4.2, p95: 14.8, p99: 36 },
      checkpoints: 4,
      recover: 'sluice recover user-actions',
    });
    expect(fields.nodes[0]).toMatchObject({
      name: 'actions',
      kind: 'source',
      in: 1_234_567,
      out: 1_234_564,
      dead_letters: 3,
    });
  });

  test('of a running job begins with the four figures of the last seconds', () => {
    const fields = JSON.parse(statsJson(runningJob(), 4711));
    expect(Object.entries(fields).slice(0, 5)).toEqual([
      ['messagesPerSecond', 98_712],
      ['latencyP95', 12.3],
      ['errorRate', 0.000243],
      ['queueDepth', 312],
      ['job', 'user-actions'],
    ]);
    expect(fields.recover).toBeNull();
  });

  test('stands where nothing was measured', () => {
    const none = { p50: null, p95: null, p99: null };
    const fields = JSON.parse(
      statsJson(runningJob({ uptimeMs: 0, latency: none, recentLatency: none, checkpoint: null }), 4711),
    );
    expect(fields).toMatchObject({ latencyP95: null, latency_ms: none, throughput_per_s: 0, checkpoints: 0 });
  });
});

describe('the plain line', () => {
  test('holds what matters', () => {
    expect(plainLine(runningJob())).toBe(
      '2m 14s  read 1,234,567 (98.7k/s)  written 1,100,000  p95 12 ms  queue 312/10000  dropped 0  dead letters 3  lag 1.23M',
    );
  });

  test('adds progress, and the status when the job does not simply run', () => {
    const line = plainLine(
      runningJob({
        uptimeMs: 5000,
        status: 'waiting',
        detail: 'kafka: 127.0.0.1:9092 does not answer',
        partitions: [],
        progress: { done: 1, total: 3, unit: 'bytes' },
      }),
    );
    expect(line).toMatch(/^ 5s {2}read /);
    expect(line).toMatch(
      /dead letters 3 {2}progress 33.3 % {2}waiting: kafka: 127.0.0.1:9092 does not answer$/,
    );
    expect(plainLine(hostile(runningJob()))).not.toMatch(/\p{Cc}/u);
  });
});
