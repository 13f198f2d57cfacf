import { z } from 'zod';
import { duration } from '../../component/options.ts';

export const processOptions = z.strictObject({
  module: z
    .string('must be the path of a module')
    .min(1)
    .meta({ path: true })
    .describe('a module, in JavaScript or TypeScript, that exports process(key, event, state, ctx)'),
  ttl: duration()
    .refine((length) => length > 0, 'must be longer than 0')
    .optional()
    .describe(
      'state of a key that has had no event for so long, in event time, is forgotten; without end, if left out',
    ),
  pure: z.boolean().default(false).describe('whether it gives the same results for the same events'),
});
