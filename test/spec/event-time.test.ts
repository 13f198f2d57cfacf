import { describe, expect, test } from 'vitest';
import { parseJob } from '../../src/spec/parse.ts';
import { readYaml } from '../../src/spec/yaml.ts';

const timeless = '{ type: file, path: in.jsonl }';
const timed = '{ type: file, path: in.jsonl, time: at }';

function parse(source: string, operator: string) {
  const text = `sources: { in: ${source} }\noperators: { op: ${operator} }\nsinks: { out: { type: stdout } }`;
  return parseJob(readYaml(text, 'job.yaml'), { environment: {} });
}

describe('an option that goes by event time', () => {
  test.each([
    ['ttl', '2:69', '{ type: process, key: user, module: ./sessions.ts, ttl: 1h }'],
    [
      'dedupe',
      '2:67',
      '{ type: transform, steps: [ { filter: a > 1 }, { dedupe: { key: id, within: 1m } } ] }',
    ],
    ['order', '2:33', '{ type: union, order: event_time }'],
  ])('%s is refused where the events have none', (option, at, operator) => {
    expect(() => parse(timeless, operator)).toThrow(
      expect.objectContaining({
        message: `"${option}" of "op" needs event time, and the source "in" has none`,
        place: `job.yaml:${at}`,
        hint: 'set "time" of "in" to a field',
      }),
    );
    expect(parse(timed, operator).operators).toHaveLength(1);
  });

  test.each([
    '{ type: process, key: user, module: ./sessions.ts }',
    '{ type: transform, steps: [ { filter: a > 1 } ] }',
    '{ type: union }',
  ])('and nothing else is: %s', (operator) => {
    expect(parse(timeless, operator).operators).toHaveLength(1);
  });
});
