import { z } from 'zod';
import { duration } from '../../component/options.ts';
import { aggregationOption, havingOption } from './aggregation-option.ts';

const kinds = ['tumbling', 'sliding', 'session'] as const;

/** A field of a result: any name but those that objects answer to by themselves. */
const fieldName = z
  .string()
  .min(1, 'must have a name')
  .refine(
    (name) => !(name in Object.prototype),
    'must have another name: this one means something to every object',
  );

export const windowOptions = z
  .strictObject({
    tumbling: span().optional().describe('windows of this length, one after the other'),
    sliding: span().optional().describe('windows of this length, one beginning every `every`'),
    every: span().optional().describe('how far apart sliding windows begin'),
    session: span().optional().describe('windows that end when a key has been quiet for longer than this'),
    offset: duration()
      .default(0)
      .describe('moves the borders of windows, which are aligned to the epoch (UTC)'),
    allowed_lateness: duration()
      .default(0)
      .describe('how long after its end a window still takes events, and fires again for each'),
    early: span()
      .optional()
      .describe('fire changed windows this often before their ends, in processing time (not deterministic)'),
    aggregations: z
      .record(fieldName, aggregationOption())
      .refine((given) => Object.keys(given).length > 0, 'must have at least one aggregation')
      .describe('the fields of a result, each an expression over aggregates: name: sum(value) / count(*)'),
    having: havingOption()
      .optional()
      .describe('which results are wanted; it may name their fields, and aggregates'),
  })
  .superRefine((options, context) => {
    const given = kinds.filter((kind) => options[kind] !== undefined);
    const problem = (path: string | null, message: string) => {
      const at = path === null ? [] : [path];
      context.addIssue({ code: 'custom', path: at, message, params: { besideOthers: true } });
    };
    if (given.length === 0) problem(null, 'needs one of tumbling, sliding and session');
    if (given.length > 1) {
      problem(given[1]!, `a window is either ${given[0]} or ${given[1]}`);
      return;
    }
    if (options.sliding === undefined) {
      if (options.every !== undefined) problem('every', 'is for sliding windows only');
    } else if (options.every === undefined) {
      problem('sliding', 'needs "every" beside it, for example every: 5m');
    } else if (options.every > options.sliding) {
      problem('every', 'must not be longer than the window: events would fall between two');
    }
    if (options.session !== undefined && options.offset > 0)
      problem('offset', 'is not for sessions: they have no borders to move');
  });

export type WindowOptions = z.output<typeof windowOptions>;

/** A duration that is not empty. */
function span() {
  return duration().refine((length) => length > 0, 'must be longer than 0');
}
