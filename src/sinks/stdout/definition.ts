import { z } from 'zod';
import { codecs } from '../../codecs/index.ts';
import { defineSink } from '../../component/define.ts';
import { names } from '../../component/options.ts';
import { scalarsOf } from '../../component/uri.ts';
import { StdoutSink } from './sink.ts';

const options = z.object({
  columns: names('must be a column or a list of columns')
    .describe("columns of CSV; the first row's fields if not given")
    .optional(),
  changelog: z
    .boolean()
    .default(false)
    .describe('write every firing of a window and every removal, with the fields change, firing and final'),
});

export const stdoutSink = defineSink({
  kind: 'sink',
  type: 'stdout',
  summary: 'writes lines of JSON, CSV or text to standard output',
  options,
  examples: ['-'],
  mode: () => 'direct',
  target: () => 'stdout',
  appendsOnly: ({ changelog }) => !changelog,
  fromUri: ({ query }) => ({ ...scalarsOf(query) }),
  build: async ({ columns, changelog }, { format }) =>
    new StdoutSink(process.stdout, codecs[format].encoder({ columns }), changelog),
});
