import { z } from 'zod';
import { DataError } from '../../../errors.ts';
import { Event, identityOf, type Value } from '../../../event.ts';
import { valueAt } from '../../../expression/fields.ts';
import { show } from '../../../expression/values.ts';
import { targetOption } from '../options.ts';
import { parseTarget, write } from '../paths.ts';
import { defineStep } from './define.ts';

export const explode = defineStep({
  type: 'explode',
  options: z
    .union([
      targetOption(),
      z.strictObject({
        field: targetOption().describe('The field that holds the array'),
        as: targetOption().optional().describe('Where each element goes; in place of the array if left out'),
        keep_empty: z.boolean().optional().describe('Passes on an event without elements, with NULL for one'),
      }),
    ])
    .describe('Makes one event of each element of an array; none of an empty or absent one'),
  copies: true,
  build(options, { place }) {
    const {
      field,
      as = field,
      keep_empty = false,
    } = typeof options === 'string' ? { field: options } : options;
    const source = parseTarget(field, place);
    const target = parseTarget(as, place);
    return (event) => {
      if (event.value === null) return event;
      const found = valueAt(event.value, source);
      if (found !== null && !Array.isArray(found)) {
        throw new DataError('type', `explode: "${field}" must be an array, not ${show(found)}`);
      }
      const elements: readonly Value[] = found ?? [];
      if (elements.length === 0) return keep_empty ? child(event, 0, target, null) : null;
      return elements.map((element, index) => child(event, index, target, element));
    };
  },
});

/** The event of one element; its identity is the parent's with the element's place. */
function child(parent: Event, index: number, target: Parameters<typeof write>[1], element: Value): Event {
  const value = { ...parent.value };
  write(value, target, element);
  return new Event(
    value,
    parent.time,
    parent.origin,
    parent.index,
    `${identityOf(parent)}#${index}`,
    parent.change,
    parent.firing,
    parent.final,
  );
}
