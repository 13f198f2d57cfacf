import { derive, type JsonObject } from '../../../event.ts';
import { isObject } from '../../../expression/values.ts';
import { listOption } from '../options.ts';
import { type Changes, copyWith, define, parseTarget, type Target } from '../paths.ts';
import { defineStep } from './define.ts';

export const drop = defineStep({
  type: 'drop',
  options: listOption((text) => void parseTarget(text)).describe(
    'Fields to leave out; absent ones are no matter',
  ),
  copies: true,
  passesAll: true,
  build(names, { place }) {
    const targets = names.map((text) => parseTarget(text, place));
    const outer: Changes = new Map(
      targets.filter((target) => target.length === 1).map(([name]) => [name, null]),
    );
    const inner = targets.filter((target) => target.length > 1);
    return (event) => {
      if (event.value === null) return event;
      const kept = copyWith(event.value, outer);
      for (const target of inner) dropInside(kept, target);
      return derive(event, kept);
    };
  },
});

/** Changes `object`, which is the caller's own; what lies deeper is copied. */
function dropInside(object: JsonObject, [name, next, ...deeper]: Target): void {
  const inner = Object.hasOwn(object, name) ? object[name] : undefined;
  if (next === undefined || !isObject(inner)) return;
  const last = deeper.length === 0;
  const kept = copyWith(inner, new Map(last ? [[next, null]] : []));
  if (!last) dropInside(kept, [next, ...deeper]);
  define(object, name, kept);
}
