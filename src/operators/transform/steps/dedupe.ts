import { z } from 'zod';
import { textOfValue } from '../../../aggregation/identity.ts';
import { duration, splitList } from '../../../component/options.ts';
import { DataError } from '../../../errors.ts';
import { compileScalar } from '../../../expression/compile.ts';
import { expressionOption } from '../../../expression/option.ts';
import { parseExpression } from '../../../expression/parse.ts';
import { defineStep, type Step } from './define.ts';
import { type PassedOn, Seen } from './seen.ts';

export const dedupe = defineStep({
  type: 'dedupe',
  options: z
    .strictObject({
      key: z
        .union([z.string().transform(splitList), z.array(z.string())])
        .transform((texts): readonly unknown[] => texts)
        .pipe(z.array(expressionOption()).min(1))
        .describe('What two equal events have in common'),
      within: duration().describe(
        'How far apart in event time they are at most, the one before or after the other',
      ),
    })
    .describe('Passes on the first event of each key within a time, as they come, and none of its repeats'),
  copies: false,
  keepsState: true,
  build({ key, within }, { place, state }) {
    const scalars = key.map((text) => compileScalar(parseExpression(text, { place })));
    const seen = new Seen(state<PassedOn>('seen', { clone: (passedOn) => passedOn }), within);
    const step: Step = (event) => {
      const { time } = event;
      if (time === null) throw new DataError('time', 'dedupe needs event time: set "time" of the source');
      const text = scalars.map((scalar) => textOfValue(scalar(event))).join(',');
      return seen.isRepeat(text, time, event) ? null : event;
    };
    step.advance = (watermark) => seen.advance(watermark);
    return step;
  },
});
