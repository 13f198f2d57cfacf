import { z } from 'zod';
import { codecs } from '../../codecs/index.ts';
import { defineSink } from '../../component/define.ts';
import { names } from '../../component/options.ts';
import { StdoutSink } from './sink.ts';

const options = z.object({
  columns: names('must be a column or a list of columns')
    .describe("columns of CSV; the first row's fields if not given")
    .optional(),
});

export const stdoutSink = defineSink({
  kind: 'sink',
  type: 'stdout',
  summary: 'writes lines of JSON, CSV or text to standard output',
  options,
  examples: ['-'],
  mode: () => 'direct',
  target: () => 'stdout',
  fromUri: ({ query }) => ({ ...query }),
  build: async ({ columns }, { format }) =>
    new StdoutSink(process.stdout, codecs[format].encoder({ columns })),
});
