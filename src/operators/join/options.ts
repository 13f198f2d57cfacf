import { z } from 'zod';
import { duration, names } from '../../component/options.ts';
import { expressionOption } from '../../expression/option.ts';
import { listOption } from '../transform/options.ts';
import { parseSelection } from '../transform/selection.ts';

const ways = ['window', 'tumbling', 'as_of'] as const;

export const joinOptions = z
  .strictObject({
    on: expressionOption()
      .optional()
      .describe('which rows belong together: orders.user_id = users.id AND …; the key, if left out'),
    window: span().optional().describe('rows meet when their times are at most this far apart'),
    tumbling: span().optional().describe('rows meet when both fall in the same window of this length'),
    as_of: z
      .boolean()
      .default(false)
      .describe('a row meets the newest one of each input behind it, at or before its own time'),
    ttl: span().optional().describe('how old the row may be that as_of finds; without end, if left out'),
    join_type: z
      .enum(['inner', 'left', 'right', 'full'])
      .default('inner')
      .describe('which rows come out alone when they meet none: those of the left, the right, or both'),
    as: names('must be a name or a list of names')
      .optional()
      .describe('what the inputs are called in expressions; the names of their nodes, if left out'),
    select: listOption((text) => void parseSelection(text))
      .optional()
      .describe(
        'the fields of a result: [orders.id, users.name AS user]; if left out, each input is a field',
      ),
  })
  .superRefine((options, context) => {
    const given = ways.filter((way) => options[way] !== undefined && options[way] !== false);
    const problem = (path: string | null, message: string) => {
      const at = path === null ? [] : [path];
      context.addIssue({ code: 'custom', path: at, message, params: { besideOthers: true } });
    };
    if (given.length === 0) problem(null, 'needs one of window, tumbling and as_of');
    if (given.length > 1) problem(given[1]!, `a join goes either by ${given[0]} or by ${given[1]}`);
    if (options.ttl !== undefined && !options.as_of) problem('ttl', 'is for as_of only');
    if (options.as_of && (options.join_type === 'right' || options.join_type === 'full')) {
      problem(
        'join_type',
        'must be inner or left for as_of: a row on the right may be found again and again',
      );
    }
  });

export type JoinOptions = z.output<typeof joinOptions>;

/** A duration that is not empty. */
function span() {
  return duration().refine((length) => length > 0, 'must be longer than 0');
}
