import { z } from 'zod';
import { compressionOf, compressions, formatOf } from '../../codecs/compression.ts';
import { defineSink } from '../../component/define.ts';
import { names } from '../../component/options.ts';
import { filePathOf, scalarsOf } from '../../component/uri.ts';
import { FileSink } from './sink.ts';

const options = z.object({
  path: z.string().min(1).meta({ path: true }).describe('the file to write'),
  append: z.boolean().default(false).describe('add to a file that exists, rather than replace it'),
  compression: z.enum(compressions).describe("guessed from the file's name if not given").optional(),
  columns: names('must be a column or a list of columns')
    .describe("columns of CSV; the first row's fields if not given")
    .optional(),
  changelog: z
    .boolean()
    .default(false)
    .describe('write every firing of a window and every removal, with the fields change, firing and final'),
});

export const fileSink = defineSink({
  kind: 'sink',
  type: 'file',
  summary: 'writes lines of JSON, CSV or text to a file',
  options,
  examples: ['out.jsonl', 'file:out.csv.gz?columns=user_id,value', 'file:out.jsonl?append'],
  mode: () => 'file',
  target: ({ path }) => path,
  outputFile: ({ path }) => path,
  appendsOnly: ({ changelog }) => !changelog,
  guessFormat: ({ path }) => formatOf(path),
  fromUri: (uri) => ({ ...scalarsOf(uri.query), path: filePathOf(uri) }),
  build: async ({ path, append, compression = compressionOf(path), columns, changelog }, { format }) =>
    new FileSink({ path, append, compression, columns, format, changelog }),
});
