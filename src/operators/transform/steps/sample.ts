import { z } from 'zod';
import { encodeValue } from '../../../codecs/json.ts';
import type { Event } from '../../../event.ts';
import { identityOf } from '../../../event.ts';
import { isDeterministic } from '../../../expression/analyse.ts';
import { compileScalar } from '../../../expression/compile.ts';
import { expressionOption } from '../../../expression/option.ts';
import { parseExpression } from '../../../expression/parse.ts';
import { defineStep } from './define.ts';

const fraction = z.number().gt(0).max(1);

export const sample = defineStep({
  type: 'sample',
  options: z
    .union([
      fraction,
      z.strictObject({
        fraction: fraction.describe('The share of events to pass on, from 0 to 1'),
        by: expressionOption()
          .optional()
          .describe('Keeps all events with an equal value, or none; by event if left out'),
      }),
    ])
    .describe('Passes on this share of the events, the same ones in every run'),
  copies: false,
  nonDeterminism: (options) =>
    typeof options === 'number' || options.by === undefined || isDeterministic(parseExpression(options.by))
      ? undefined
      : 'a sample is taken by now()',
  build(options, { place }) {
    const { fraction: share, by } =
      typeof options === 'number' ? { fraction: options, by: undefined } : options;
    const limit = share * 2 ** 32;
    const subjectOf = by === undefined ? identityOf : textOf(by, place);
    return (event) => (hash(subjectOf(event)) < limit ? event : null);
  },
});

function textOf(by: string, place: string): (event: Event) => string {
  const evaluate = compileScalar(parseExpression(by, { place }));
  return (event) => encodeValue(evaluate(event));
}

/** FNV-1a over UTF-16 units, its bits then mixed as MurmurHash3 does at its end; 32 bits, unsigned. */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    bits = Math.imul(bits ^ text.charCodeAt(index), 0x01000193);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
