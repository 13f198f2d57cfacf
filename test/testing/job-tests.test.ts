import { describe, expect, it } from 'vitest';
import { parseJob } from '../../src/spec/parse.ts';
import { readYaml } from '../../src/spec/yaml.ts';
import { hasPassed, reportOf, summaryOf } from '../../src/testing/report.ts';
import { runTest, type TestResult } from '../../src/testing/run-test.ts';

/** Clicks, counted by page and minute; the sinks are servers that nobody has. */
const job = `
sources:
  clicks: { type: kafka, brokers: ['nowhere:1'], topics: [clicks], time: at, time_unit: s, watermark: 0s, idle_timeout: 30s }
operators:
  counts: { type: window, tumbling: 1m, key: page, allowed_lateness: 1m, aggregations: { n: count(*), mean: avg(value) } }
sinks:
  table: { type: cassandra, contact_points: [nowhere], table: a.b, create_table: true }
  log: { type: file, path: out.jsonl }
  late: { type: file, from: counts.late, path: late.jsonl }
tests:
`;

async function results(tests: string): Promise<TestResult[]> {
  const spec = parseJob(readYaml(job + tests, 'job.yaml'), { environment: {} });
  const results: TestResult[] = [];
  for (const test of spec.tests) results.push(await runTest(spec, test));
  return results;
}

async function failures(tests: string): Promise<string[]> {
  return (await results(tests)).filter((result) => !hasPassed(result)).map(reportOf);
}

describe("a jobfile's own test", () => {
  it('passes where every row is as expected, in whatever order', async () => {
    const tests = `
  - name: two pages
    input: { clicks: [ { page: a, value: 0.1, at: 0 }, { page: b, value: 1, at: 1 }, { page: a, value: 0.2, at: 2 } ] }
    output:
      table:
        - { page: b, window_start: 0, window_end: '1970-01-01T00:01:00Z', n: 1, mean: 1 }
        - { page: a, window_start: 0, window_end: 60000, n: 2, mean: 0.15 }
`;
    expect(await failures(tests)).toEqual([]);
    expect(summaryOf(await results(tests))).toBe('1 test passed');
  });

  it('shows what was expected beside what came', async () => {
    const tests = `
  - name: too many
    input: { clicks: [ { page: a, value: 2, at: 0 } ] }
    output: { log: [ { page: a, window_start: 0, window_end: 60000, n: 3, mean: 2 }, { page: c, n: 1 } ] }
`;
    expect(await failures(tests)).toEqual([
      `FAIL  too many
    log: 1 row, not 2; - expected, + found
      - {"page":"a","window_start":0,"window_end":60000,"n":3,"mean":2}
      + {"page":"a","window_start":"1970-01-01T00:00:00.000Z","window_end":"1970-01-01T00:01:00.000Z","n":1,"mean":2}
        n: 3, but it is 1
      - {"page":"c","n":1}`,
    ]);
    expect(summaryOf(await results(tests))).toBe('1 of 1 test failed');
  });

  it('sees a table as it is in the end, a file as it was written, and a node with every firing', async () => {
    const tests = `
  - name: a window that fires three times
    input: { clicks: [ { page: a, value: 1, at: 0 }, { page: b, value: 1, at: 61 }, { page: a, value: 3, at: 5 } ] }
    close: false
    ordered: true
    output:
      table: [ { page: a, window_start: 0, window_end: 60000, n: 2, mean: 2 } ]
      log: []
      counts:
        - { page: a, window_start: 0, window_end: 60000, n: 1, mean: 1, $firing: 0, $final: false }
        - { page: a, window_start: 0, window_end: 60000, n: 2, mean: 2, $firing: 1, $final: false }
`;
    expect(await failures(tests)).toEqual([]);
  });

  it('reads late events from their port, and counts dead letters', async () => {
    const tests = `
  - name: late and bad
    input: { clicks: [ { page: a, value: 1, at: 0 }, { page: b, value: 1, at: 121 }, { page: a, value: 3, at: 5 }, { $text: '{' } ] }
    output: { late: [ { page: a, value: 3, at: 5 } ] }
    dead_letters: 1
  - name: a bad event that nobody expects
    input: { clicks: [ { page: a, value: 1, at: soon } ] }
    output: {}
`;
    expect(await failures(tests)).toEqual([
      `FAIL  a bad event that nobody expects
    1 dead letter, not 0
    clicks: the time field "at" is neither a number nor ISO 8601: "soon"`,
    ]);
  });

  it('turns the clock: a partition that has been quiet for long enough holds no window open', async () => {
    const tests = `
  - name: before
    input: { clicks: [ { page: a, value: 1, at: 0, $partition: 1 }, { page: a, value: 1, at: 0, $partition: 2 }, { page: a, value: 1, at: 500, $partition: 1 }, { advance: 10s }, { page: a, value: 1, at: 501, $partition: 1 } ] }
    close: false
    output: { counts: [] }
  - name: after
    input: { clicks: [ { page: a, value: 1, at: 0, $partition: 1 }, { page: a, value: 1, at: 0, $partition: 2 }, { page: a, value: 1, at: 500, $partition: 1 }, { advance: 40s }, { page: a, value: 1, at: 501, $partition: 1 } ] }
    close: false
    output: { counts: [ { page: a, window_start: 0, window_end: 60000, n: 2, mean: 1 } ] }
`;
    expect(await failures(tests)).toEqual([]);
  });

  it('fires early whenever the clock has moved on, for what has changed', async () => {
    const early = job.replace('tumbling: 1m', 'tumbling: 1m, early: 5s');
    const spec = parseJob(
      readYaml(
        `${early}
  - name: early
    input:
      clicks:
        - { page: a, value: 1, at: 0 }
        - { page: b, value: 1, at: 1 }
        - { advance: 5s }
        - { page: a, value: 3, at: 2 }
        - { advance: 4s }
        - { advance: 1s }
        - { advance: 1m }
    close: false
    ordered: true
    output:
      counts:
        - { page: a, window_start: 0, window_end: 60000, n: 1, mean: 1, $firing: 0, $final: false }
        - { page: b, window_start: 0, window_end: 60000, n: 1, mean: 1, $firing: 0, $final: false }
        - { page: a, window_start: 0, window_end: 60000, n: 2, mean: 2, $firing: 1, $final: false }
`,
        'job.yaml',
      ),
      { environment: {} },
    );
    expect(reportOf(await runTest(spec, spec.tests[0]!))).toBe('ok    early');
  });

  it('names what the job does not have', async () => {
    await expect(results('\n  - { name: t, input: { klicks: [] }, output: {} }')).rejects.toThrow(
      'the input names "klicks", which is no source',
    );
    await expect(results('\n  - { name: t, input: {}, output: { counts.early: [] } }')).rejects.toThrow(
      'the output names "counts.early", which is no sink and no node',
    );
    await expect(
      results('\n  - { name: t, input: { clicks: [ { advance: soon } ] }, output: {} }'),
    ).rejects.toThrow('must be a duration');
  });
});
