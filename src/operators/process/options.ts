import { z } from 'zod';

export const processOptions = z.strictObject({
  module: z
    .string('must be the path of a module')
    .min(1)
    .meta({ path: true })
    .describe('a module, in JavaScript or TypeScript, that exports process(key, event, state, ctx)'),
  pure: z.boolean().default(false).describe('whether it gives the same results for the same events'),
});
