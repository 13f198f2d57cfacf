import { z } from 'zod';
import { compressionOf, compressions, formatOf, namesGzip } from '../../codecs/compression.ts';
import { defineSource } from '../../component/define.ts';
import { filePathOf, scalarsOf } from '../../component/uri.ts';
import { listFiles } from './files.ts';
import { FileSource } from './source.ts';

const options = z
  .object({
    path: z.string().min(1).meta({ path: true }).describe('a file, or a glob such as logs/*.jsonl.gz'),
    follow: z
      .boolean()
      .default(false)
      .describe(
        'go on reading what is appended, to a file without compression; one that is cut or replaced then ends the job',
      ),
    compression: z.enum(compressions).describe("guessed from the file's name if not given").optional(),
  })
  .refine(
    ({ path, follow, compression = namesGzip(path) ? 'gzip' : 'none' }) => !follow || compression === 'none',
    {
      path: ['follow'],
      params: { besideOthers: true },
      error: 'needs a file without compression: what is appended to gzip can not be followed',
    },
  );

export const fileSource = defineSource({
  kind: 'source',
  type: 'file',
  summary: 'reads lines of JSON, CSV or text from files',
  options,
  examples: ['events.jsonl', 'file:logs/*.csv.gz', 'file:app.log?follow'],
  replayable: true,
  positionUnit: 'bytes',
  positionsIn: ({ path }) => path,
  hasTimestamps: false,
  guessFormat: ({ path }) => formatOf(path),
  inputFiles: async ({ path }) => (await listFiles(path)).map((file) => file.path),
  fromUri: (uri) => ({ ...scalarsOf(uri.query), path: filePathOf(uri) }),
  build: async ({ path, follow, compression }, { format, exitAtEnd }) =>
    new FileSource({
      path,
      format,
      follow: follow && !exitAtEnd,
      compression: (name) => compression ?? compressionOf(name),
    }),
});
