import { z } from 'zod';
import { duration } from '../component/options.ts';

/** What a source is given: an event, or the clock moves on. */
const step = z
  .record(z.string(), z.unknown())
  .superRefine((given, context) => {
    const span = isAdvance(given) ? duration().safeParse(given.advance) : undefined;
    for (const { message } of span?.error?.issues ?? []) {
      context.addIssue({ code: 'custom', path: ['advance'], message });
    }
  })
  .describe(
    'an event, with $timestamp, $key, $headers, $partition, $text beside its fields; or { advance: 2m }',
  );

const steps = z.array(step);
const rows = z.array(z.record(z.string(), z.unknown()));

/** One of a jobfile's own tests. */
export const jobTest = z.strictObject({
  name: z.string().min(1).describe('what the test shows, as a sentence'),
  input: z
    .record(z.string(), steps)
    .describe('source: what it is given; a source that is left out ends at once'),
  output: z.record(z.string(), rows).describe('sink, node or node.port: the rows that come out of it'),
  ordered: z
    .boolean()
    .default(false)
    .describe('whether rows must come in the order in which they are written'),
  close: z
    .boolean()
    .default(true)
    .describe('whether the input ends with the last step, so that all windows close; false stops there'),
  dead_letters: z.int().min(0).default(0).describe('how many events become dead letters'),
});
export type JobTest = z.output<typeof jobTest>;

/** The step `{ advance: 2m }`, in milliseconds; undefined for an event. */
export function advanceOf(given: Readonly<Record<string, unknown>>): number | undefined {
  return isAdvance(given) ? duration().parse(given.advance) : undefined;
}

function isAdvance(given: Readonly<Record<string, unknown>>): boolean {
  const [name, another] = Object.keys(given);
  return name === 'advance' && another === undefined;
}
