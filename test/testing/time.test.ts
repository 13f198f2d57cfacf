import { describe, expect, it } from 'vitest';
import { parseJob } from '../../src/spec/parse.ts';
import { readYaml } from '../../src/spec/yaml.ts';
import { hasPassed, reportOf } from '../../src/testing/report.ts';
import { runTest } from '../../src/testing/run-test.ts';

/** What is wrong with the job's own tests. */
async function failures(job: string): Promise<string[]> {
  const spec = parseJob(readYaml(job, 'job.yaml'), { environment: {} });
  const failed: string[] = [];
  for (const test of spec.tests) {
    const result = await runTest(spec, test);
    if (!hasPassed(result)) failed.push(reportOf(result));
  }
  return failed;
}

describe('a window behind a window', () => {
  it('takes every final result of the first in time, however late that one is final', async () => {
    expect(
      await failures(`
sources: { a: { type: stdin, time: t, watermark: 0s } }
operators:
  minutes: { type: window, tumbling: 1m, allowed_lateness: 10m, aggregations: { n: count(*) } }
  hours: { type: window, tumbling: 1h, aggregations: { n: sum(n), minutes: count(*) } }
sinks: { out: { type: stdout }, late: { type: file, path: late, from: hours.late } }
tests:
  - name: the last minutes of an hour, which become final in the next one
    input:
      a: [ { t: 1000 }, { t: 3599000 }, { t: 3600000 }, { t: 3599500 }, { t: 4210000 }, { t: 3601000 }, { t: 4300000 } ]
    ordered: true
    output:
      late: []
      minutes.late: []
      out:
        - { window_start: 0, window_end: 3600000, n: 3, minutes: 2 }
        - { window_start: 3600000, window_end: 7200000, n: 4, minutes: 3 }
`),
    ).toEqual([]);
  });
});

const idle = (option: string) => `
sources: { a: { type: kafka, brokers: ['h:1'], topics: [t], time: t, watermark: 5s, idle_timeout: 30s${option} } }
operators:
  minutes: { type: window, tumbling: 1m, key: k, aggregations: { n: count(*) } }
  sessions: { type: window, session: 10m, key: k, aggregations: { n: sum(n) } }
sinks: { out: { type: sqlite, path: x, table: out, from: minutes }, print: { type: stdout } }
`;

describe('when all partitions are idle', () => {
  it('open windows stay open', async () => {
    const tests = `
tests:
  - name: open
    input: { a: [ { k: x, t: 0 }, { advance: 1h } ] }
    close: false
    output: { minutes: [], sessions: [] }
`;
    expect(await failures(idle('') + tests)).toEqual([]);
  });

  it('open windows close if the source says so, those behind them too, and what comes for them then is late', async () => {
    const tests = `
tests:
  - name: closed
    input: { a: [ { k: x, t: 0 }, { k: y, t: 61000 }, { advance: 29s } ] }
    close: false
    output: { minutes: [] }
  - name: not yet
    input: { a: [ { k: x, t: 0 }, { k: y, t: 61000 }, { advance: 32s }, { k: x, t: 119999 }, { k: x, t: 1000000 } ] }
    close: false
    output:
      minutes: [ { k: x, window_start: 0, window_end: 60000, n: 1 }, { k: y, window_start: 60000, window_end: 120000, n: 1 } ]
      sessions: [ { k: x, window_start: 59999, window_end: 659999, n: 1 }, { k: y, window_start: 119999, window_end: 719999, n: 1 } ]
      minutes.late: [ { k: x, t: 119999 } ]
`;
    expect(await failures(idle(', close_when_idle: true') + tests)).toEqual([]);
  });
});
