import { describe, expect, test } from 'vitest';
import type { FlagValues, JobCommand } from '../../src/spec/flags/flag.ts';
import { jobFromFlags } from '../../src/spec/load.ts';
import { registry } from './components.ts';
import { complaints } from './read.ts';

const ends = { from: ['-'], to: ['-'] };

interface WrongFlags {
  readonly command?: JobCommand;
  readonly flags: FlagValues;
  readonly line: string;
}

const wrong: Readonly<Record<string, WrongFlags>> = {
  'no source': {
    flags: { to: ['-'] },
    line: 'sluice ingest: --from is missing; for example --from kafka://localhost:9092/topic',
  },
  'no sink': {
    flags: { from: ['-'] },
    line: 'sluice ingest: --to is missing; for example --to sqlite:out.db#events, or - for stdout',
  },
  'two sources of one name': {
    flags: { ...ends, from: ['a=-', 'a=in.jsonl'] },
    line: '--from: two sources are called "a"; name one of them: --from a2=URI',
  },
  'a misspelt scheme': {
    flags: { ...ends, from: ['kafak://h/t'] },
    line: '--from: there is no source of type "kafak"; did you mean "kafka"?',
  },
  'a sink as a source': {
    flags: { ...ends, from: ['cassandra://h/a.b'] },
    line: '--from: there is no source of type "cassandra"; it can be kafka, file or stdin',
  },
  'an empty URI': {
    flags: { ...ends, from: [''] },
    line: '--from: the URI is empty; for example kafka://host:9092/topic',
  },
  'a password in a URI, which is not repeated': {
    flags: { ...ends, to: ['cassandra://user:hunter2@h/a.b'] },
    line: `--to: a URI holds no user name and password; set them in the environment, or in a jobfile as \${env:NAME}`,
  },
  'broken percent-encoding': {
    flags: { ...ends, from: ['kafka://h/a%zz'] },
    line: '--from: broken percent-encoding in "a%zz"; write a lone % as %25',
  },
  'a misspelt option in a URI': {
    flags: { ...ends, from: ['kafka://h/a?gruop=g'] },
    line: '--from: unknown option "gruop"; did you mean "group"?',
  },
  'a URI without a topic': {
    flags: { ...ends, from: ['kafka://h'] },
    line: '--from: "topics" must be a topic or a list of topics, not ""',
  },
  'a bad duration in a URI': {
    flags: { ...ends, to: ['cassandra://h/a.b?ttl=never'] },
    line: '--to: "ttl" must be a duration such as 500ms, 5s, 1m, 1h or 1d, not "never"',
  },
  'a type without a field': {
    flags: { ...ends, types: ['a double, at'] },
    line: `--types: "at" is no field and type; for example --types 'amount double, at timestamp'`,
  },
  'a field of two types': {
    flags: { ...ends, types: ['a double', 'a text'] },
    line: '--types: "a" is given twice; a field has one type',
  },
  'a misspelt type': {
    flags: { ...ends, types: ['a dubble'] },
    line: '--types: "a" must be integer, double, text, boolean, timestamp, int, bigint, smallint, real, float, varchar, string, char, bool or datetime, not "dubble"; did you mean "double"?',
  },
  'a batch size in words': {
    flags: { ...ends, 'batch-size': 'many' },
    line: '--batch-size: must be a whole number, not "many"',
  },
  'a batch of nothing': {
    flags: { ...ends, 'batch-size': '0' },
    line: '--batch-size: must be at least 1, not 0',
  },
  'a queue in words': {
    flags: { ...ends, 'queue-threshold': 'big' },
    line: '--queue-threshold: must be a whole number, not "big"',
  },
  'an interval without a unit that there is': {
    flags: { ...ends, 'flush-interval': '5 minutes' },
    line: '--flush-interval: must be a duration such as 500ms, 5s, 1m, 1h or 1d, not "5 minutes"',
  },
  'a watermark that is no duration': {
    flags: { ...ends, watermark: 'soon' },
    line: '--watermark: must be a duration such as 500ms, 5s, 1m, 1h or 1d, not "soon"',
  },
  'an error budget in words': {
    flags: { ...ends, 'max-errors': 'few' },
    line: '--max-errors: must be a number of events or a percentage such as 5%, not "few"',
  },
  'a port that is none': {
    flags: { ...ends, 'metrics-port': '70000' },
    line: '--metrics-port: must be at most 65535, not 70000',
  },
  'a path of figures that nobody serves': {
    flags: { ...ends, 'metrics-path': '/x' },
    line: '--metrics-path: no figures are served; add --metrics-port',
  },
  'a job name with a slash': {
    flags: { ...ends, name: 'a/b' },
    line: '--name: must be up to 127 letters, digits, dots, - and _, with a letter or digit first, not "a/b"',
  },
  'a checkpoint store that there is not': {
    flags: { ...ends, checkpoint: 'redis://h' },
    line: '--checkpoint: must be sqlite, sqlite:PATH or cassandra://HOST/KEYSPACE, not "redis://h"',
  },
  'dead letters where they cannot be': {
    flags: { ...ends, dlq: 'redis://h' },
    line: '--dlq: dead letters can\'t be kept in "redis://h"; give sqlite:PATH#TABLE, cassandra://HOST/KEYSPACE.TABLE, kafka://HOST/TOPIC or file:PATH',
  },
  'creating a table on standard output': {
    flags: { ...ends, 'create-table': true },
    line: '--create-table: a sink of type stdout has no such option; it is for cassandra',
  },
  'an offset of standard input': {
    flags: { ...ends, offset: 'earliest' },
    line: '--offset: a source of type stdin has no such option',
  },
  'a column without a field': {
    flags: { from: ['-'], to: ['cassandra://h/a.b'], column: ['city'] },
    line: '--column: "city" is no name=value; for example --column city=address.city',
  },
  'an option without a value': {
    flags: { ...ends, set: ['limit'] },
    line: '--set: "limit" is no path=value; for example --set sinks.sink.batch_size=500',
  },
  'an option of a node that there is not': {
    flags: { ...ends, set: ['sinks.snik.batch_size=5'] },
    line: '--set: there is no sink "snik"; did you mean "sink"?',
  },
  'a misspelt option of a node': {
    flags: { ...ends, set: ['sinks.sink.batch_sise=5'] },
    line: '--set sinks.sink.batch_sise: unknown option "batch_sise"; did you mean "batch_size"?',
  },
  'a misspelt option of the job': {
    flags: { ...ends, set: ['limt=5'] },
    line: '--set: the job has no option "limt"; did you mean "limit"?',
  },
  'a field of the events where fields are not set': {
    flags: { ...ends, set: ['double=value * 2'] },
    line: '--set: the job has no option "double"; for a field of the events: sluice transform --set NAME=EXPR',
  },
  'an option of the wrong type': {
    flags: { ...ends, set: ['sinks.sink.batch_size=lots'] },
    line: '--set sinks.sink.batch_size: must be a whole number, not "lots"',
  },
  'a part of a text': {
    flags: { ...ends, set: ['sources.source.type.x=5'] },
    line: '--set: "sources.source.type" has no part "x"; give the whole value: --set sources.source.type=…',
  },
  'a prototype as an option': {
    flags: { ...ends, set: ['__proto__.polluted=1'] },
    line: '--set: the job has no option "__proto__"; for a field of the events: sluice transform --set NAME=EXPR',
  },
  'a prototype as a field that is set': {
    command: 'transform',
    flags: { ...ends, set: ['__proto__=1'] },
    line: `--set: a field can't be called "__proto__"; give it another name`,
  },
  'a prototype as an aggregation': {
    command: 'window',
    flags: { ...ends, tumbling: '5s', agg: ['n=count(*)', '__proto__=count(*)'] },
    line: `--agg: a field can't be called "__proto__"; give it another name`,
  },
  'a field without an expression': {
    command: 'transform',
    flags: { ...ends, set: ['double'] },
    line: '--set: "double" is no name=value; for example --set total=\'price * count\'',
  },
  'a reference to nothing': {
    flags: { ...ends, from: [`kafka://h/t?group=\${env:NOBODY}`] },
    line: '--from: the environment has no NOBODY; export NOBODY=… before the command',
  },
};

describe('wrong flags are refused with a line that names the flag and the way out', () => {
  test.each(Object.entries(wrong))('%s', (_, { command = 'ingest', flags, line }) => {
    const options = { environment: {}, directory: '/here', registry };
    expect(complaints(() => jobFromFlags(command, flags, options))).toEqual([line]);
  });
});
