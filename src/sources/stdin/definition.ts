import { z } from 'zod';
import { defineSource } from '../../component/define.ts';
import { StdinSource } from './source.ts';

export const stdinSource = defineSource({
  kind: 'source',
  type: 'stdin',
  summary: 'reads lines of JSON, CSV or text from standard input; after a crash they are gone',
  options: z.object({}),
  examples: ['-'],
  replayable: false,
  hasTimestamps: false,
  fromUri: ({ query }) => ({ ...query }),
  build: async (_options, { format }) => new StdinSource(process.stdin, format),
});
