import { splitList } from '../../component/options.ts';
import { deadLettersFromUri } from '../dead-letters.ts';
import { isMap } from '../document.ts';
import { endpointOption, type JobFlag, jobOption } from './flag.ts';
import { override, specSections } from './override.ts';
import { typesOf } from './types.ts';

const everySource = (flag: Omit<JobFlag, 'lay'>, option: string): JobFlag => ({
  ...flag,
  lay: (job, [value]) => {
    for (const name of job.names('sources')) job.set(['sources', name, option], value, flag.name);
  },
});

/** An option of the job that each source and sink may have of its own; a flag stands above those of a jobfile. */
function batchOption(flag: Omit<JobFlag, 'lay'>, option: string): JobFlag {
  const ofJob = jobOption(flag, option);
  const sections = ['sources', 'sinks'] as const;
  return {
    ...flag,
    lay: (job, values) => {
      ofJob.lay?.(job, values);
      const value = job.document.get([option]);
      const paths = sections.flatMap((section) => job.names(section).map((name) => [section, name, option]));
      const own = paths.filter((path) => job.document.get(path) !== undefined);
      for (const path of own) if (job.document.place(path).layer !== 'flag') job.set(path, value, flag.name);
    },
  };
}

const checkpointInterval = jobOption(
  { name: 'checkpoint-interval', value: 'DURATION', summary: 'the time between two checkpoints (30s)' },
  'checkpoint',
  'interval',
);

/** As a jobfile turns off what may be left out: `checkpoint: none`. */
function isNone(written: unknown): boolean {
  return written === null || written === 'none';
}

/** The flags of every job command. They are laid over the job in this order. */
export const endpointFlags: readonly JobFlag[] = [
  {
    name: 'from',
    value: 'URI',
    repeatable: true,
    summary: 'where events come from: URI, or name=URI; - is standard input',
    lay: (job, uris) => {
      for (const uri of uris) job.addEndpoint('sources', uri, 'from');
    },
  },
  {
    name: 'to',
    value: 'URI',
    repeatable: true,
    summary: 'where results go: URI, or name=URI; - is standard output',
    lay: (job, uris) => {
      for (const uri of uris) job.addEndpoint('sinks', uri, 'to');
    },
  },
  everySource({ name: 'where', value: 'EXPR', summary: 'only events for which this holds' }, 'where'),
];

export const commonFlags: readonly JobFlag[] = [
  {
    name: 'name',
    value: 'NAME',
    summary: "the job's name; made from what it reads if left out",
    lay: (job, [name]) => job.set(['name'], name, 'name'),
  },
  everySource(
    {
      name: 'format',
      value: 'FORMAT',
      choices: ['json', 'csv', 'text'],
      summary: "how the records read are written; guessed from a file's name",
    },
    'format',
  ),
  {
    name: 'types',
    value: 'TYPES',
    repeatable: true,
    summary: "the types of fields that are read, for CSV above all: 'amount double, at timestamp'",
    lay: (job, texts) => {
      const types = typesOf(job, texts);
      for (const name of job.names('sources')) job.set(['sources', name, 'schema'], types, 'types');
    },
  },
  everySource({ name: 'time', value: 'FIELD', summary: 'the field with the event time' }, 'time'),
  everySource(
    { name: 'watermark', value: 'DURATION', summary: 'how late an event may come after newer ones (30s)' },
    'watermark',
  ),
  {
    name: 'key',
    value: 'FIELDS',
    repeatable: true,
    commands: ['ingest', 'transform'],
    summary: 'the fields that identify a row',
    lay: (job, values) => {
      const fields = values.flatMap(splitList);
      for (const name of job.names('sinks')) job.set(['sinks', name, 'key'], fields, 'key');
    },
  },
  endpointOption(
    { name: 'offset', value: 'POSITION', summary: 'where to start: earliest, latest, committed or @time' },
    'sources',
    'offset',
  ),
  endpointOption(
    {
      name: 'share',
      summary: 'read as one of several processes, each its part of the partitions of the group',
    },
    'sources',
    'share',
  ),
  endpointOption({ name: 'follow', summary: 'go on at the end of a file as it grows' }, 'sources', 'follow'),
  jobOption({ name: 'exit-at-end', summary: 'end where an endless source ends at the start' }, 'exit_at_end'),
  jobOption({ name: 'limit', value: 'N', summary: 'end after this many events read' }, 'limit'),
  batchOption({ name: 'batch-size', value: 'N', summary: 'the most events in a batch (1000)' }, 'batch_size'),
  batchOption(
    { name: 'flush-interval', value: 'DURATION', summary: 'the longest that a batch waits to be full (5s)' },
    'flush_interval',
  ),
  jobOption(
    { name: 'max-concurrency', value: 'N', summary: 'the most writes in flight in one sink (10)' },
    'max_concurrency',
  ),
  jobOption(
    {
      name: 'backpressure',
      value: 'STRATEGY',
      choices: ['block', 'drop_oldest', 'drop_newest'],
      summary: 'what to do with more events than the job can take (block)',
    },
    'backpressure',
    'strategy',
  ),
  jobOption(
    {
      name: 'queue-threshold',
      value: 'N',
      summary: 'events in a queue at which backpressure begins (10000)',
    },
    'backpressure',
    'threshold',
  ),
  jobOption(
    { name: 'sink-timeout', value: 'DURATION', summary: 'how long an unreachable sink is waited for (10m)' },
    'sink_timeout',
  ),
  {
    name: 'dlq',
    value: 'URI',
    summary: 'where dead letters are kept: sqlite:PATH#TABLE; cassandra, kafka and file URIs for copies',
    lay: (job, [uri = '']) => {
      const kept = job.document.get(['dead_letters']);
      const { max_retries, retry_delay } = isMap(kept) ? kept : {};
      job.set(['dead_letters'], {}, 'dlq');
      const options = { max_retries, retry_delay, ...job.read('dlq', () => deadLettersFromUri(uri)) };
      for (const [name, value] of Object.entries(options)) {
        if (value !== undefined) job.set(['dead_letters', name], value, 'dlq');
      }
    },
  },
  jobOption(
    {
      name: 'max-retries',
      value: 'N',
      summary: 'attempts after the first that a server may refuse for now (3)',
    },
    'dead_letters',
    'max_retries',
  ),
  jobOption(
    { name: 'retry-delay', value: 'DURATION', summary: 'the time before the first retry (5s)' },
    'dead_letters',
    'retry_delay',
  ),
  jobOption(
    { name: 'max-errors', value: 'N|N%', summary: 'end with code 4 after more dead letters than this' },
    'max_errors',
  ),
  {
    name: 'checkpoint',
    value: 'URI',
    summary: 'where checkpoints are kept: sqlite:PATH, cassandra://HOST/KEYSPACE, or none',
    lay: (job, [uri]) =>
      job.set(uri === 'none' ? ['checkpoint'] : ['checkpoint', 'store'], uri, 'checkpoint'),
  },
  {
    ...checkpointInterval,
    lay: (job, values) => {
      if (isNone(job.document.get(['checkpoint'])))
        job.fail('checkpoint-interval', 'no checkpoints are kept', 'say where: --checkpoint sqlite:PATH');
      checkpointInterval.lay?.(job, values);
    },
  },
  jobOption(
    { name: 'metrics-port', value: 'PORT', summary: 'serve figures to Prometheus on this port' },
    'metrics',
    'port',
  ),
  {
    name: 'metrics-path',
    value: 'PATH',
    summary: 'the path of the figures (/stream-metrics)',
    lay: (job, [path]) => {
      const metrics = job.document.get(['metrics']);
      if (metrics === undefined || isNone(metrics))
        job.fail('metrics-path', 'no figures are served', 'add --metrics-port');
      job.set(['metrics', 'path'], path, 'metrics-path');
    },
  },
];

/** Flags that say how to run and what to show; commands read them themselves. */
export const runFlags: readonly JobFlag[] = [
  {
    name: 'dashboard',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    summary: 'the live view on stderr',
  },
  { name: 'json', summary: 'the final summary as one line of JSON' },
  {
    name: 'restart',
    commands: ['ingest', 'transform', 'window', 'detect', 'join', 'run'],
    summary: 'start afresh, though an unfinished run could be recovered',
  },
  {
    name: 'list',
    commands: ['recover'],
    summary: 'list the checkpoints of the job, or without a name all jobs, and end',
  },
  {
    name: 'at',
    value: 'N',
    commands: ['recover'],
    summary: 'go on from this checkpoint rather than from the newest',
  },
  {
    name: 'allow-changes',
    commands: ['recover'],
    summary: 'go on though the job has changed since its checkpoint',
  },
  {
    name: 'allow-duplicates',
    commands: ['recover'],
    summary: 'deliver again what a sink can not take back',
  },
  { name: 'takeover', summary: 'take the job from the process that runs it' },
  { name: 'print-job', summary: 'print the jobfile that these flags mean, and end' },
];

/** Laid last, over all the others. */
export const overrideFlag: JobFlag = {
  name: 'set',
  value: 'PATH=VALUE',
  repeatable: true,
  summary: `any option of the job, by its path in a jobfile (${specSections.slice(0, 3).join('., ')}. …)`,
  lay: (job, texts) => {
    for (const text of texts) override(job, text);
  },
};
