import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Config } from '@oclif/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import Components from '../../commands/components.ts';
import Explain from '../../commands/explain.ts';
import Ingest from '../../commands/ingest.ts';
import Recover from '../../commands/recover.ts';
import Run from '../../commands/run.ts';
import Stats from '../../commands/stats.ts';
import Tap from '../../commands/tap.ts';
import Transform from '../../commands/transform.ts';
import Validate from '../../commands/validate.ts';
import Window from '../../commands/window.ts';
import { failureOf } from '../../src/spec/failure.ts';

const SECRET = 'correct-horse-battery-staple';
const home = mkdtempSync(join(tmpdir(), 'sluice-fuzz-'));
const example = join(home, 'clickstream.yaml');
copyFileSync(new URL('../../examples/clickstream.yaml', import.meta.url), example);

/** Each with what keeps it from doing more than to read its job. */
const commands: readonly [typeof Command, readonly string[]][] = [
  [Ingest, ['--print-job']],
  [Transform, ['--print-job']],
  [Window, ['--print-job']],
  [Run, ['--print-job']],
  [Recover, ['--print-job']],
  [Validate, []],
  [Explain, []],
  [Components, []],
  [Stats, []],
  [Tap, []],
];

/** `${env:NAME}`, not as JavaScript would read it. */
const reference = (before: string, name: string) => `${before}\${${name}}`;

const value = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'events.jsonl',
      'generate:clicks?count=5',
      'sqlite:a.db#t',
      'kafka://h:1/t?group=g',
      'cassandra://h/k.t',
      'file:../../etc/passwd',
      'a=b',
      'a=',
      '=b',
      'name=-',
      'kafka://u:p@h/t',
      '%zz',
      'sqlite:#',
      'generate:nothing',
      reference('', 'env:FUZZ_NAME'),
      reference('', 'env:NOT_THERE'),
      reference('', 'file:/nowhere'),
      '5s',
      '-1',
      '0',
      '1e99',
      'NaN',
      '5 parsecs',
      '',
      ' ',
      'value > 0',
      "a = 'x",
      'count(*)',
      '((((',
      'a.b.c=1',
      'sources.source.type=kafka',
      'checkpoint=none',
      '__proto__.a=1',
      'constructor.prototype.x=1',
      'user_id text, at timestamp',
      example,
      'nowhere.yaml',
      '/',
      '\u001b[2J',
      '用户 🇩🇪',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 12 }) },
);

/** Where secrets belong: in what is given to a client. Names and paths are shown, and so is what stands in them. */
const secret = fc.oneof(
  fc.tuple(
    fc.constantFrom('--from', '--to', '--dlq', '--checkpoint'),
    fc.constantFrom(
      reference('kafka://h/', 'env:FUZZ_SECRET'),
      reference('cassandra://h/k.t?dc=', 'env:FUZZ_SECRET'),
      reference('cassandra://h/', 'env:FUZZ_SECRET'),
    ),
  ),
  fc.tuple(
    fc.constant('--set'),
    fc.constantFrom(
      reference('sinks.sink.password=', 'env:FUZZ_SECRET'),
      reference('sinks.sink.sasl.password=', 'env:FUZZ_SECRET'),
      reference('dead_letters.keyspace=', 'env:FUZZ_SECRET'),
      reference('checkpoint.store.keyspace=', 'env:FUZZ_SECRET'),
    ),
  ),
);

/** A command line of flags that the command has, and of some that it has not. */
function lineOf([command, before]: (typeof commands)[number]) {
  const flags = Object.keys(command.flags ?? {}).map((name) => `--${name}`);
  const flag = fc.constantFrom(...flags, '--nothing', '-x', '--', '--set');
  const part = fc.oneof(
    { weight: 3, arbitrary: fc.tuple(flag, value) },
    { weight: 1, arbitrary: fc.tuple(flag, value).map(([name, text]) => [`${name}=${text}`]) },
    { weight: 1, arbitrary: flag.map((name) => [name]) },
    { weight: 1, arbitrary: value.map((text) => [text]) },
    { weight: 1, arbitrary: secret },
  );
  const ends = fc.constantFrom([], [], ['--from', 'generate:clicks?count=5', '--to', 'out.jsonl'], [example]);
  return fc.record({
    command: fc.constant(command),
    // A lone dash would be standard input, where a jobfile is read.
    args: fc
      .tuple(ends, fc.array(part, { maxLength: 5 }))
      .map(([end, parts]) => [...before, ...end, ...parts.flat()].filter((text) => text !== '-')),
  });
}

let config: Config;
beforeAll(async () => {
  vi.stubEnv('SLUICE_HOME', home);
  vi.stubEnv('FUZZ_SECRET', SECRET);
  vi.stubEnv('FUZZ_NAME', 'clicks');
  vi.stubEnv('CASSANDRA_PASSWORD', SECRET);
  config = await Config.load(fileURLToPath(new URL('../..', import.meta.url)));
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

/** What the command prints, and its exit code. */
async function outcome(command: typeof Command, args: readonly string[]) {
  let printed = '';
  const write = (text: string | Uint8Array) => {
    printed += text;
    return true;
  };
  const streams = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(write),
  );
  const logs = vi.spyOn(console, 'log').mockImplementation((text: string) => void write(text));
  try {
    await (command as unknown as { run(args: readonly string[], config: Config): Promise<void> }).run(
      args,
      config,
    );
    return { code: Number(process.exitCode ?? 0), said: printed, failure: '' };
  } catch (error) {
    const { text, exitCode } = failureOf(error, { commands: [], debug: false });
    return { code: exitCode, said: printed, failure: text };
  } finally {
    process.exitCode = undefined;
    for (const spy of [...streams, logs]) spy.mockRestore();
  }
}

test('a command line, whatever it is, ends with a job or with 2, one place and no stack, and never says a secret', async () => {
  const lines = fc.oneof(...commands.map(lineOf));
  await fc.assert(
    fc.asyncProperty(lines, async ({ command, args }) => {
      const { code, said, failure } = await outcome(command, args);
      expect([0, 2]).toContain(code);
      expect(failure === '').toBe(code === 0);
      expect(said + failure).not.toContain(SECRET);
      expect(failure).not.toMatch(/\n {4}at |[^\P{Cc}\n]/u);
    }),
    { numRuns: 500 },
  );
}, 60_000);
