import { endpointOption, type JobCommand, type JobFlag } from './flag.ts';
import { pairsOf } from './pairs.ts';

const commands: readonly JobCommand[] = ['ingest', 'window'];

/** What `ingest` and `window` say of the table that they write. */
export const ingestFlags: readonly JobFlag[] = [
  endpointOption(
    { name: 'create-table', commands, summary: 'create the table, if it is not there' },
    'sinks',
    'create_table',
  ),
  endpointOption(
    {
      name: 'schema',
      commands,
      value: 'COLUMNS',
      summary: "the table's columns: 'user_id text, at timestamp'",
    },
    'sinks',
    'schema',
  ),
  endpointOption(
    {
      name: 'partition-key',
      commands,
      value: 'COLUMN',
      repeatable: true,
      summary: 'a column of the partition key',
    },
    'sinks',
    'partition_key',
  ),
  endpointOption(
    {
      name: 'clustering-key',
      commands,
      value: 'COLUMN',
      repeatable: true,
      summary: 'a column of the clustering key',
    },
    'sinks',
    'clustering_key',
  ),
  endpointOption(
    { name: 'ttl', commands, value: 'DURATION', summary: 'how long a row lives; a bare number is seconds' },
    'sinks',
    'ttl',
  ),
  {
    name: 'column',
    commands,
    value: 'COLUMN=FIELD',
    repeatable: true,
    summary: 'a column and the field that it is filled from: city=address.city',
    lay: (job, pairs) =>
      job.setOption('sinks', 'columns', pairsOf(job, 'column', pairs, 'city=address.city'), 'column'),
  },
];
