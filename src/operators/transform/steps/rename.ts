import { z } from 'zod';
import { SpecError } from '../../../errors.ts';
import { derive, type JsonObject } from '../../../event.ts';
import { targetOption } from '../options.ts';
import { type Changes, copyWith, parseTarget } from '../paths.ts';
import { defineStep } from './define.ts';

export const rename = defineStep({
  type: 'rename',
  options: z
    .record(targetOption(), targetOption(), 'must be a map of old names and new ones')
    .describe(
      'Old names and new ones; absent fields are no matter, a field that has the new name already is replaced',
    ),
  copies: true,
  passesAll: true,
  build(given, { place }) {
    const names = new Map(
      Object.entries(given).map(([old, name]) => [plain(old, place), plain(name, place)]),
    );
    return (event) => {
      const { value } = event;
      if (value === null) return event;
      return derive(event, copyWith(value, withoutReplaced(value, names)));
    };
  },
});

/** A field whose name another one takes is left out, wherever it stands. */
function withoutReplaced(value: JsonObject, names: ReadonlyMap<string, string>): Changes {
  let changes: Map<string, string | null> | undefined;
  for (const [old, name] of names) {
    if (names.has(name) || !Object.hasOwn(value, name) || !Object.hasOwn(value, old)) continue;
    changes ??= new Map<string, string | null>(names);
    changes.set(name, null);
  }
  return changes ?? names;
}

function plain(text: string, place: string): string {
  const [name, ...deeper] = parseTarget(text, place);
  if (deeper.length === 0) return name;
  throw new SpecError(`rename takes no path, as "${text}" is`, { place, hint: 'use set and drop' });
}
