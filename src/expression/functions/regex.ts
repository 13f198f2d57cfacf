import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';
import { DataError, messageOf } from '../../errors.ts';
import type { Value } from '../../event.ts';
import type { Scalar } from '../scalar.ts';
import { typeError } from '../values.ts';
import { type CompiledCall, defineSpecial, type FunctionDefinition } from './define.ts';

/** A pattern that matches in time linear in the text, whatever the pattern: RE2's syntax, without back-references. */
export type Pattern = RE2JS;

const load = createRequire(import.meta.url);

/** Compiles a pattern. Throws DataError. The library is loaded with the first one. */
export function compilePattern(pattern: string): Pattern {
  const { RE2JS } = load('re2js') as typeof import('re2js');
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new DataError('type', `not a regular expression in RE2's syntax: ${messageOf(error)}`);
  }
}

export const regexFunctions: readonly FunctionDefinition[] = [
  defineSpecial({
    name: 'regexp_like',
    aliases: ['regexp_matches'],
    signature: 'regexp_like(text, pattern)',
    summary: 'whether the pattern (in RE2’s syntax) occurs in the text',
    least: 2,
    most: 2,
    examples: [
      ["regexp_like('user-17', '^user-\\d+$')", 'true'],
      ["regexp_like('User', '(?i)user')", 'true'],
    ],
    compile: (call) => compileMatching(call, (input, pattern) => pattern.matcher(input).find()),
  }),
  defineSpecial({
    name: 'regexp_extract',
    signature: 'regexp_extract(text, pattern [, group])',
    summary: 'what the pattern, or a group of it by number, first matches; NULL if nothing',
    least: 2,
    most: 3,
    examples: [
      ["regexp_extract('id=17;', '\\d+')", '"17"'],
      ["regexp_extract('k=v', '(\\w)=(\\w)', 2)", '"v"'],
    ],
    compile: (call) => compileMatching(call, extract),
  }),
  defineSpecial({
    name: 'regexp_replace',
    signature: 'regexp_replace(text, pattern, to)',
    summary: 'the text with every match replaced; `$1` in `to` is the first group',
    least: 3,
    most: 3,
    examples: [["regexp_replace('2026-01-31', '(\\d+)-(\\d+)-\\d+', '$2/$1')", '"01/2026"']],
    compile: (call) => compileMatching(call, replace),
  }),
];

type Matching = (input: string, pattern: Pattern, extra: Value | undefined) => Value;

/** `text, pattern [, extra]`: NULL if one is; the pattern is compiled once if it is the same for every event. */
function compileMatching(call: CompiledCall, match: Matching): Scalar {
  const [text, pattern, extra] = call.arguments;
  const known = call.constant(1);
  const patternOf = typeof known === 'string' ? always(compilePattern(known)) : cachedPatterns();
  return (event) => {
    const input = text!(event);
    const wanted = pattern!(event);
    const more = extra?.(event);
    if (input === null || wanted === null || more === null) return null;
    if (typeof input !== 'string') throw typeError('a pattern matches text', input);
    if (typeof wanted !== 'string') throw typeError('a pattern must be text', wanted);
    return match(input, patternOf(wanted), more);
  };
}

function always(pattern: Pattern): (text: string) => Pattern {
  return () => pattern;
}

const CACHED = 100;

/** For patterns that come from events: the last few are kept compiled. */
function cachedPatterns(): (text: string) => Pattern {
  const kept = new Map<string, Pattern>();
  return (text) => {
    const found = kept.get(text) ?? compilePattern(text);
    kept.delete(text);
    kept.set(text, found);
    if (kept.size > CACHED) kept.delete(kept.keys().next().value!);
    return found;
  };
}

function extract(input: string, pattern: Pattern, group: Value = 0): Value {
  if (typeof group !== 'number') throw typeError('a group is a number', group);
  if (!Number.isInteger(group) || group < 0 || group > pattern.groupCount()) {
    throw new DataError('type', `the pattern has ${pattern.groupCount()} groups, no group ${group}`);
  }
  const matcher = pattern.matcher(input);
  return matcher.find() ? (matcher.group(group) ?? null) : null;
}

function replace(input: string, pattern: Pattern, to: Value | undefined): Value {
  if (typeof to !== 'string') throw typeError('regexp_replace puts text in', to ?? null);
  try {
    return pattern.matcher(input).replaceAll(to);
  } catch (error) {
    throw new DataError('type', `regexp_replace: ${messageOf(error)}`);
  }
}
