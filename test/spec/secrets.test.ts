import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { specHash } from '../../src/spec/hash.ts';
import { jobFromFlags } from '../../src/spec/load.ts';
import { printJob } from '../../src/spec/print.ts';
import { builtIn } from '../../src/spec/registry.ts';
import { resolveSecrets } from '../../src/spec/secrets.ts';
import { registry } from './components.ts';
import { complaints, jobOf } from './read.ts';

const environment = { PASSWORD: 'hunter2', HOSTS: 'h1,h2', CASSANDRA_PASSWORD: undefined };

function jobfile(sink: string): string {
  return `sources: { in: { type: stdin } }\nsinks: { out: { type: cassandra, ${sink} } }\n`;
}

describe('a secret', () => {
  const text = jobfile(`hosts: h, table: a.b, password: "\${env:PASSWORD}"`);

  test('stays a reference in the spec, its hash and its print, and is resolved to build', () => {
    const spec = jobOf(text, environment);
    expect(spec.sinks[0]?.options.password).toBe(`\${env:PASSWORD}`);
    expect(JSON.stringify(spec) + printJob(spec, registry)).not.toContain('hunter2');
    expect(specHash(spec)).toBe(specHash(jobOf(text, { ...environment, PASSWORD: 'another' })));
    expect(resolveSecrets(spec, environment, registry).sinks[0]?.options.password).toBe('hunter2');
  });

  test('stays a reference where dead letters and checkpoints are kept', () => {
    const text = `sources: { in: { type: stdin } }
sinks: { out: { type: stdout } }
dead_letters: { type: kafka, brokers: h, topic: "\${env:PASSWORD}" }
checkpoint: { store: { type: cassandra, contact_points: c, keyspace: "\${env:PASSWORD}" } }
`;
    const spec = jobOf(text, environment);
    const print = printJob(spec, builtIn);
    expect(JSON.stringify(spec) + print).not.toContain('hunter2');
    expect(print).toContain(`dead_letters:
  type: kafka
  brokers: [h:9092]
  topic: \${env:PASSWORD}
`);
    expect(jobOf(print, environment)).toEqual(spec);
    const resolved = resolveSecrets(spec, environment, builtIn);
    expect(resolved.dead_letters).toMatchObject({ type: 'kafka', brokers: ['h:9092'], topic: 'hunter2' });
    expect(resolved.checkpoint?.store).toMatchObject({ type: 'cassandra', keyspace: 'hunter2' });
    expect(complaints(() => resolveSecrets(spec, {}, builtIn))).toHaveLength(2);
  });

  test('that stands for a number is that number, and none can stand for a whole store', () => {
    const job = (checkpoint: string) =>
      jobOf(
        `sources: { in: { type: stdin } }\nsinks: { out: { type: stdout } }\ncheckpoint: ${checkpoint}\n`,
        {
          INTERVAL: '5s',
          STORE: 'sqlite:a.db',
        },
      );
    expect(job(`{ interval: "\${env:INTERVAL}" }`).checkpoint?.interval).toBe(5000);
    expect(complaints(() => job(`{ store: "\${env:STORE}" }`))).toEqual([
      expect.stringContaining("a reference can't stand for all of a store"),
    ]);
  });

  test('is looked up again when a job is recovered, and its absence is placed in the spec', () => {
    const spec = jobOf(text, environment);
    expect(complaints(() => resolveSecrets(spec, {}, registry))).toEqual([
      'sinks.out.password: the environment has no PASSWORD; export PASSWORD=… before the command',
    ]);
  });

  test('may be a part of a text, and the whole text is then left out of the print', () => {
    const spec = jobOf(jobfile(`hosts: h, table: a.b, password: "pre-\${env:PASSWORD}"`), environment);
    expect(resolveSecrets(spec, environment, registry).sinks[0]?.options.password).toBe('pre-hunter2');
    expect(printJob(spec, registry)).toContain('"***"');
  });

  test('that was written out is left out of the print', () => {
    const spec = jobOf(jobfile('hosts: h, table: a.b, password: hunter2'), {});
    expect(printJob(spec, registry)).toContain('"***"');
    expect(printJob(spec, registry)).not.toContain('hunter2');
  });

  test('comes from a file beside the jobfile, without its line end, from any directory', () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-secrets-'));
    writeFileSync(join(folder, 'password'), 'hunter2\n');
    const spec = jobOf(
      jobfile(`hosts: h, table: a.b, password: "\${file:password}"`),
      {},
      join(folder, 'job.yaml'),
    );
    expect(spec.sinks[0]?.options.password).toBe(`\${file:${folder}/password}`);
    expect(resolveSecrets(spec, {}, registry).sinks[0]?.options.password).toBe('hunter2');
  });

  test('is not repeated by the excerpt of a line with a mistake', () => {
    try {
      jobOf(jobfile('hosts: h, table: a.b, password: hunter2, tttl: 1d'), {});
      expect.unreachable();
    } catch (error) {
      expect((error as { excerpt: string }).excerpt).toContain('password: ***, tttl');
    }
  });
});

describe('a reference', () => {
  test('may be a number or a list once it is resolved', () => {
    const spec = jobOf(jobfile(`hosts: "\${env:HOSTS}", table: a.b, ttl: "\${env:TTL}"`), {
      ...environment,
      TTL: '1d',
    });
    expect(spec.sinks[0]?.options).toMatchObject({ hosts: `\${env:HOSTS}`, ttl: `\${env:TTL}` });
    const { options } = resolveSecrets(spec, { ...environment, TTL: '2d' }, registry).sinks[0]!;
    expect(options).toMatchObject({ hosts: ['h1', 'h2'], ttl: 172_800 });
  });

  test('is plain text after a second dollar sign', () => {
    const spec = jobOf(jobfile(`hosts: h, table: a.b, username: "$\${env:PASSWORD}"`), environment);
    expect(resolveSecrets(spec, environment, registry).sinks[0]?.options.username).toBe(`\${env:PASSWORD}`);
  });

  test('that brings another reference is not resolved twice', () => {
    const spec = jobOf(jobfile(`hosts: h, table: a.b, username: "\${env:A}"`), {
      A: `\${env:PASSWORD}`,
      ...environment,
    });
    const resolved = resolveSecrets(spec, { A: `\${env:PASSWORD}`, ...environment }, registry);
    expect(resolved.sinks[0]?.options.username).toBe(`\${env:PASSWORD}`);
  });
});

describe('the environment', () => {
  const variables = {
    KAFKA_BOOTSTRAP_SERVERS: 'env:9092',
    KAFKA_SASL_USERNAME: 'u',
    KAFKA_SASL_PASSWORD: 'hunter2',
  };
  const text =
    'sources: { in: { type: kafka, brokers: file:9092, topics: t } }\nsinks: { out: { type: stdout } }\n';

  test('stands above the jobfile', () => {
    expect(jobOf(text, variables).sources[0]?.options.brokers).toEqual(['env:9092']);
  });

  test('stands below a flag, and above a part that a flag leaves open', () => {
    const job = (from: string) =>
      jobFromFlags('ingest', { from: [from], to: ['-'] }, { environment: variables, registry });
    expect(job('kafka://flag:9092/t').sources[0]?.options.brokers).toEqual(['flag:9092']);
    expect(complaints(() => job('kafka:///t'))).toEqual([]);
  });

  test('leaves what it does not speak of as it was', () => {
    const own = 'ssl: { ca: /ca.pem }, sasl: { mechanism: scram-sha-512, username: x, password: y }';
    const job = (variables: Record<string, string>) =>
      jobOf(text.replace('topics: t', `topics: t, ${own}`), variables, undefined, builtIn).sources[0]
        ?.options;
    expect(job({ KAFKA_SECURITY_PROTOCOL: 'SASL_SSL', ...variables })).toMatchObject({
      ssl: { ca: '/ca.pem', verify: true },
      sasl: { mechanism: 'scram-sha-512', username: 'u', password: `\${env:KAFKA_SASL_PASSWORD}` },
    });
    expect(job({ KAFKA_SASL_USERNAME: 'u' })).toMatchObject({ sasl: { username: 'u', password: 'y' } });
  });

  test('gives secrets as references', () => {
    const spec = jobOf(text, variables);
    expect(spec.sources[0]?.options.sasl).toEqual({
      mechanism: 'plain',
      username: 'u',
      password: `\${env:KAFKA_SASL_PASSWORD}`,
    });
  });
});
