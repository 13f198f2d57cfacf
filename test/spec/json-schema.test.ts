import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { jobfileSchema } from '../../src/spec/json-schema.ts';
import { jobFromFlags } from '../../src/spec/load.ts';
import { printJob } from '../../src/spec/print.ts';
import { writeScaffold } from '../../src/spec/scaffold.ts';
import { temporaryFolder } from '../contracts/folder.ts';

const examples = new URL('../../examples/', import.meta.url);
const published = JSON.parse(JSON.stringify(jobfileSchema()));
const validator = z.fromJSONSchema(published);

function problems(jobfile: string) {
  return validator.safeParse(parse(jobfile)).error?.issues ?? [];
}

describe("the jobfile's JSON Schema takes", () => {
  test.each(readdirSync(examples).filter((name) => name.endsWith('.yaml')))('examples/%s', (name) => {
    expect(problems(readFileSync(new URL(name, examples), 'utf8'))).toEqual([]);
  });

  test('the jobfile to start from', async () => {
    const file = join(await temporaryFolder(), 'job.yaml');
    writeScaffold(file);
    expect(problems(readFileSync(file, 'utf8'))).toEqual([]);
  });

  test('what --print-job prints', () => {
    const flags = {
      from: ['kafka://h1:9092,h2/a,b?group=g'],
      to: ['cassandra://h/ks.t?dc=dc1'],
      'create-table': true,
      schema: 'user_id text, metadata map<text,text>',
      'partition-key': ['user_id'],
      column: ['city=address.city'],
      ttl: '1d',
      'max-errors': '5%',
      checkpoint: 'none',
      dlq: 'file:letters.jsonl',
    };
    expect(problems(printJob(jobFromFlags('ingest', flags, { environment: {} })))).toEqual([]);
  });
});

describe("the jobfile's JSON Schema refuses", () => {
  const job = (option: string) =>
    `sources: { in: { type: file, path: a, ${option} } }\nsinks: { out: { type: stdout } }`;

  test.each(['paht: b', 'follow: often', 'format: xml', 'watermark: [1]'])('%s', (option) => {
    expect(problems(job('time: at'))).toEqual([]);
    expect(problems(job(option))).not.toEqual([]);
  });
});
