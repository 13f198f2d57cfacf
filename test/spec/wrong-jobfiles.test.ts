import { describe, expect, test } from 'vitest';
import { complaints, jobOf } from './read.ts';

const sinks = 'sinks: { out: { type: stdout } }';
const stdin = 'sources: { in: { type: stdin } }';

interface WrongJobfile {
  readonly jobfile: readonly string[];
  /** Every line that a person reads, without the excerpts. */
  readonly lines: readonly string[];
}

const wrong: Readonly<Record<string, WrongJobfile>> = {
  'an empty file': {
    jobfile: [],
    lines: ['job.yaml:1:1: the jobfile is empty; see sluice init'],
  },
  'a file of comments': {
    jobfile: ['# nothing'],
    lines: ['job.yaml:1:1: the jobfile is empty; see sluice init'],
  },
  'a list instead of a map': {
    jobfile: ['- a', '- b'],
    lines: ['job.yaml:1:1: a jobfile is a map of options; start with sources:'],
  },
  'a text instead of a map': {
    jobfile: ['hello'],
    lines: ['job.yaml:1:1: a jobfile is a map of options; start with sources:'],
  },
  'a bracket that is not closed': {
    jobfile: ['sources: { a: [1, 2 }'],
    lines: [
      'job.yaml:1:21: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  },
  'a tab as indentation': {
    jobfile: ['sources:', '\ta: 1'],
    lines: ['job.yaml:2:1: a tab is no indentation in YAML; indent with spaces'],
  },
  'a key that is there twice': {
    jobfile: ['name: a', 'name: b'],
    lines: ['job.yaml:2:1: this key is there twice; remove one'],
  },
  'two documents': {
    jobfile: ['name: a', '---', 'name: b'],
    lines: ['job.yaml:2:1: a jobfile holds one job; put what follows --- into a file of its own'],
  },
  'an alias of nothing': {
    jobfile: ['name: *nobody'],
    lines: [
      "job.yaml:1:1: the jobfile can't be expanded: unresolved alias (the anchor must be set before the alias): nobody; look at its aliases (*name)",
    ],
  },
  'lines of JSON': {
    jobfile: ['{"a": 1}', '{"a": 2}'],
    lines: [
      'job.yaml:2:1: this does not belong to what stands before it; check the indentation and the brackets',
    ],
  },
  'a tag that YAML does not know': {
    jobfile: ['name: !js x'],
    lines: ['job.yaml:1:7: a jobfile has no tags; remove it, or put the text in quotes'],
  },
  'no sources and no sinks': {
    jobfile: ['name: a'],
    lines: [
      'job.yaml:1:1: the job has no sources; add sources: { source: { type: … } }',
      'job.yaml:1:1: the job has no sinks; add sinks: { sink: { type: … } }',
    ],
  },
  'several mistakes, from top to bottom': {
    jobfile: ['batch_size: many', 'sources: { in: { type: stdn } }', sinks, 'limit: few'],
    lines: [
      'job.yaml:1:13: "batch_size" must be a whole number, not "many"',
      'job.yaml:2:24: there is no source of type "stdn"; did you mean "stdin"?',
      'job.yaml:4:8: "limit" must be a whole number, not "few"',
    ],
  },
  'a misspelt option of the job': {
    jobfile: ['nmae: a', stdin, sinks],
    lines: ['job.yaml:1:1: unknown option "nmae"; did you mean "name"?'],
  },
  'a job name that leaves its folder': {
    jobfile: ['name: "../etc"', stdin, sinks],
    lines: [
      'job.yaml:1:7: "name" must be up to 127 letters, digits, dots, - and _, with a letter or digit first, not "../etc"',
    ],
  },
  'sources as a list': {
    jobfile: ['sources: [a]', sinks],
    lines: [
      'job.yaml:1:1: "sources" must be a map of at least one node; add sources: { source: { type: … } }',
    ],
  },
  'a source that is a text': {
    jobfile: ['sources: { in: stdin }', sinks],
    lines: ['job.yaml:1:16: the source "in" must be a map; for example { type: kafka }'],
  },
  'a source without a type': {
    jobfile: ['sources: { in: { path: a } }', sinks],
    lines: ['job.yaml:1:12: "type" of "in" is missing; it can be kafka, file, stdin'],
  },
  'a misspelt type': {
    jobfile: ['sources: { in: { type: stdn } }', sinks],
    lines: ['job.yaml:1:24: there is no source of type "stdn"; did you mean "stdin"?'],
  },
  'a type that is a number': {
    jobfile: ['sources: { in: { type: 5 } }', sinks],
    lines: ['job.yaml:1:24: there is no source of type 5; it can be kafka, file or stdin'],
  },
  'a misspelt option of a source': {
    jobfile: ['sources:', '  in:', '    type: kafka', '    brokers: [h:9092]', '    topc: [a]', sinks],
    lines: ['job.yaml:5:5: unknown option "topc"; did you mean "topics"?'],
  },
  'a required option left out': {
    jobfile: ['sources: { in: { type: kafka, topics: a } }', sinks],
    lines: ['job.yaml:1:16: "brokers" is missing; it is brokers to start from, host:port'],
  },
  'a misspelt option inside an option': {
    jobfile: [
      'sources:',
      '  in: { type: kafka, brokers: h, topics: a, sasl: { username: u, password: p, mecanism: plain } }',
      sinks,
    ],
    lines: ['job.yaml:2:79: unknown option "mecanism"; did you mean "mechanism"?'],
  },
  'a misspelt choice': {
    jobfile: [
      'sources:',
      '  in: { type: kafka, brokers: h, topics: a, sasl: { username: u, password: p, mechanism: plian } }',
      sinks,
    ],
    lines: ['job.yaml:2:90: "mechanism" must be plain or scram-sha-256, not "plian"; did you mean "plain"?'],
  },
  'a password that is a number, which is not repeated': {
    jobfile: [
      'sources:',
      '  in: { type: kafka, brokers: h, topics: a, sasl: { username: u, password: 1234 } }',
      sinks,
    ],
    lines: ['job.yaml:2:76: "password" must be text; put it in quotes'],
  },
  'a map where a list belongs': {
    jobfile: ['sources:', '  in: { type: kafka, brokers: h, topics: { a: b } }', sinks],
    lines: ['job.yaml:2:42: "topics" must be a topic or a list of topics, not a map'],
  },
  'an empty list': {
    jobfile: ['sources:', '  in: { type: kafka, brokers: h, topics: [] }', sinks],
    lines: ['job.yaml:2:42: "topics" must be a topic or a list of topics, not an empty list'],
  },
  'a text where a truth value belongs': {
    jobfile: ['sources: { in: { type: file, path: a, follow: "yes" } }', sinks],
    lines: ['job.yaml:1:47: "follow" must be true or false, not "yes"'],
  },
  'a unit that there is not': {
    jobfile: ['sources: { in: { type: stdin, watermark: 5 parsecs } }', sinks],
    lines: ['job.yaml:1:42: "watermark" must be a duration such as 500ms, 5s, 1m, 1h or 1d, not "5 parsecs"'],
  },
  'a negative duration': {
    jobfile: ['sources: { in: { type: stdin, watermark: -5 } }', sinks],
    lines: ['job.yaml:1:42: "watermark" must be a duration such as 500ms, 5s, 1m, 1h or 1d, not -5'],
  },
  'a misspelt format': {
    jobfile: ['sources: { in: { type: stdin, format: jsn } }', sinks],
    lines: ['job.yaml:1:39: "format" must be json, csv or text, not "jsn"; did you mean "json"?'],
  },
  'a node name with a dot': {
    jobfile: ['sources: { my.in: { type: stdin } }', sinks],
    lines: [
      'job.yaml:1:12: "my.in" is no name for a node; use up to 63 letters, digits, - and _, with a letter first',
    ],
  },
  'a reserved node name': {
    jobfile: ['sources: { dlq: { type: stdin } }', sinks],
    lines: ['job.yaml:1:12: the name "dlq" is taken by the job\'s own dead letters; choose another'],
  },
  'a source and a sink of one name': {
    jobfile: ['sources: { x: { type: stdin } }', 'sinks: { x: { type: stdout } }'],
    lines: ['job.yaml:2:10: the name "x" is also one of the sources; choose another'],
  },
  'a misspelt node': {
    jobfile: ['sources: { events: { type: stdin } }', 'sinks: { out: { type: stdout, from: event } }'],
    lines: ['job.yaml:2:37: there is no node "event"; did you mean "events"?'],
  },
  'a node that there is not, in a list': {
    jobfile: [
      'sources: { events: { type: stdin } }',
      'sinks: { out: { type: stdout, from: [events, zzz] } }',
    ],
    lines: ['job.yaml:2:46: there is no node "zzz"; it can be events'],
  },
  'a misspelt port': {
    jobfile: [
      'sources: { in: { type: stdin, time: t } }',
      'operators: { w: { type: window } }',
      'sinks: { out: { type: stdout, from: w.lat } }',
    ],
    lines: ['job.yaml:3:37: "w" has no port "lat"; did you mean "late"?'],
  },
  'a port of a node without ports': {
    jobfile: [stdin, 'sinks: { out: { type: stdout, from: in.late } }'],
    lines: ['job.yaml:2:37: "in" has no port "late"; write "in"'],
  },
  'reading from a sink': {
    jobfile: [stdin, 'sinks: { a: { type: stdout, from: in }, b: { type: sqlite, path: x, from: a } }'],
    lines: ['job.yaml:2:75: "a" is a sink: nothing leaves it; read in'],
  },
  'two operators that read each other': {
    jobfile: [
      stdin,
      'operators:',
      '  a: { type: transform, from: [in, b], steps: [{ filter: x }] }',
      '  b: { type: transform, from: a, steps: [{ filter: x }] }',
      sinks,
    ],
    lines: ['job.yaml:3:31: "a" reads its own output: a → b → a; break the cycle'],
  },
  'an operator that reads itself': {
    jobfile: [stdin, 'operators:', '  a: { type: transform, from: [in, a], steps: [{ filter: x }] }', sinks],
    lines: ['job.yaml:3:31: "a" reads its own output: a → a; break the cycle'],
  },
  'a sink without from, beside several sources': {
    jobfile: ['sources: { a: { type: stdin }, b: { type: file, path: x } }', sinks],
    lines: ['job.yaml:2:10: "out" needs "from": there are several sources; set it to a or b'],
  },
  'an operator without from, below several sources': {
    jobfile: [
      'sources: { a: { type: stdin }, b: { type: file, path: x } }',
      'operators: { t: { type: transform, steps: [{ filter: x }] } }',
      'sinks: { out: { type: stdout, from: [t, a, b] } }',
    ],
    lines: ['job.yaml:2:14: "t" needs "from": there are several sources; set it to a or b'],
  },
  'a source that nobody reads': {
    jobfile: [
      'sources: { a: { type: stdin }, b: { type: file, path: x } }',
      'sinks: { out: { type: stdout, from: a } }',
    ],
    lines: ['job.yaml:1:32: nothing reads the source "b"; name it in a "from", or remove it'],
  },
  'a window over a source without event time': {
    jobfile: [stdin, 'operators: { w: { type: window, tumbling: 5m } }', sinks],
    lines: [
      'job.yaml:2:14: "w" (window) needs event time, and the source "in" has none; set "time" of "in" to a field',
    ],
  },
  'two sinks that write one place': {
    jobfile: [stdin, 'sinks: { a: { type: stdout }, b: { type: stdout } }'],
    lines: ['job.yaml:2:31: "b" writes where "a" does; let one sink read both: from: [a, b]'],
  },
  'a misspelt step': {
    jobfile: [stdin, 'operators: { t: { type: transform, steps: [{ fliter: x }] } }', sinks],
    lines: ['job.yaml:2:46: unknown option "fliter"; did you mean "filter"?'],
  },
  'a transform without steps': {
    jobfile: [stdin, 'operators: { t: { type: transform, steps: [] } }', sinks],
    lines: ['job.yaml:2:43: "steps" must not be empty'],
  },
  'a backpressure strategy that there is not': {
    jobfile: [stdin, sinks, 'backpressure: { strategy: drop }'],
    lines: ['job.yaml:3:27: "strategy" must be block, drop_oldest or drop_newest, not "drop"'],
  },
  'half an event': {
    jobfile: [stdin, sinks, 'backpressure: { threshold: 0.5 }'],
    lines: ['job.yaml:3:28: "threshold" must be a whole number, not 0.5'],
  },
  'a misspelt option of backpressure': {
    jobfile: [stdin, sinks, 'backpressure: { thresold: 5 }'],
    lines: ['job.yaml:3:17: unknown option "thresold"; did you mean "threshold"?'],
  },
  'a checkpoint store that there is not': {
    jobfile: [stdin, sinks, 'checkpoint: { store: cassandra }'],
    lines: [
      'job.yaml:3:22: "store" must be sqlite, sqlite:PATH or cassandra://HOST/KEYSPACE, not "cassandra"',
    ],
  },
  'checkpoint: off': {
    jobfile: [stdin, sinks, 'checkpoint: off'],
    lines: ['job.yaml:3:13: "checkpoint" must be none or a map, not "off"'],
  },
  'a port beyond the last': {
    jobfile: [stdin, sinks, 'metrics: { port: 99999 }'],
    lines: ['job.yaml:3:18: "port" must be at most 65535, not 99999'],
  },
  'an error budget in words': {
    jobfile: [stdin, sinks, 'max_errors: some'],
    lines: ['job.yaml:3:13: "max_errors" must be a number of events or a percentage such as 5%, not "some"'],
  },
  'dead letters and checkpoints in two files': {
    jobfile: [stdin, sinks, 'dead_letters: { path: a.db }', 'checkpoint: { store: sqlite:b.db }'],
    lines: [
      'job.yaml:3:23: dead letters are kept where checkpoints are, and this is another place; give both the same file, or leave this one out',
    ],
  },
  'a variable that is not set': {
    jobfile: [`sources: { in: { type: kafka, brokers: "\${env:NOBODY}", topics: a } }`, sinks],
    lines: ['job.yaml:1:40: the environment has no NOBODY; export NOBODY=… before the command'],
  },
  'a secret file that is not there': {
    jobfile: [`sources: { in: { type: kafka, brokers: "\${file:/nowhere/x}", topics: a } }`, sinks],
    lines: [
      `job.yaml:1:40: the file /nowhere/x of a \${file:…} can't be read (ENOENT); create it, or correct its path`,
    ],
  },
  'a secret that --print-job left out': {
    jobfile: [
      'sources: { in: { type: kafka, brokers: h, topics: a, sasl: { username: u, password: "***" } } }',
      sinks,
    ],
    lines: [`job.yaml:1:85: "password" is a secret that was left out; write it as \${env:NAME}`],
  },
  'a wrong value that is a secret, which is not repeated': {
    jobfile: [stdin, `sinks: { out: { type: cassandra, hosts: h, table: "\${env:SECRET}" } }`],
    lines: [`job.yaml:2:51: "table" must be keyspace.table, not "\${env:SECRET}"`],
  },
  'a table without keyspace': {
    jobfile: [stdin, 'sinks: { out: { type: cassandra, hosts: h, table: no-dot } }'],
    lines: ['job.yaml:2:51: "table" must be keyspace.table, not "no-dot"'],
  },
  'sinks without content': {
    jobfile: [stdin, 'sinks:'],
    lines: ['job.yaml:2:1: "sinks" must be a map of at least one node; add sinks: { sink: { type: … } }'],
  },
  'an operator without content': {
    jobfile: [stdin, 'operators: { a: }', sinks],
    lines: ['job.yaml:2:17: the operator "a" must be a map; for example { type: transform }'],
  },
  'a key that is a map': {
    jobfile: [stdin, 'sinks: { out: { type: stdout, key: { a: b } } }'],
    lines: ['job.yaml:2:36: "key" must be a field or a list of fields, not a map'],
  },
  'a filter that is a number': {
    jobfile: ['sources: { in: { type: stdin, where: 5 } }', sinks],
    lines: ['job.yaml:1:38: "where" must be text, not 5; put it in quotes'],
  },
  'merging a number': {
    jobfile: ['sources: { in: { <<: 5, type: stdin } }', sinks],
    lines: [
      "job.yaml:1:1: the jobfile can't be expanded: merge sources must be maps or map aliases; look at its aliases (*name)",
    ],
  },
};

describe('a wrong jobfile is refused with a line that names the place and the way out', () => {
  test.each(Object.entries(wrong))('%s', (_, { jobfile, lines }) => {
    const text = jobfile.map((line) => `${line}\n`).join('');
    expect(complaints(() => jobOf(text, { SECRET: 'hunter2' }, 'job.yaml'))).toEqual(lines);
  });
});
