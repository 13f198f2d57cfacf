import type { Value } from '../../event.ts';
import { charactersOf, slice } from '../characters.ts';
import { checkLength, joinTexts } from '../length.ts';
import { constant, type Scalar } from '../scalar.ts';
import { toText, typeError } from '../values.ts';
import { defineFunction, defineSpecial, type FunctionDefinition } from './define.ts';
import { asText, integer, optional, text } from './parameters.ts';

export const textFunctions: readonly FunctionDefinition[] = [
  defineFunction({
    name: 'lower',
    summary: 'the text in lower case',
    parameters: [text('text')],
    examples: [["lower('Ünder 7')", '"ünder 7"']],
    evaluate: (input) => input.toLowerCase(),
  }),
  defineFunction({
    name: 'upper',
    summary: 'the text in upper case',
    parameters: [text('text')],
    examples: [["upper('click')", '"CLICK"']],
    evaluate: (input) => input.toUpperCase(),
  }),
  defineFunction({
    name: 'length',
    aliases: ['char_length'],
    summary: 'the number of characters',
    parameters: [text('text')],
    examples: [
      ["length('naïve')", '5'],
      ["length('🚀')", '1'],
    ],
    evaluate: (input) => charactersOf(input).length,
  }),
  defineFunction({
    name: 'substr',
    aliases: ['substring'],
    summary:
      'the part from the character `start` on, the first being 1; a negative `start` counts from the end',
    parameters: [text('text'), integer('start'), optional(integer('length'))],
    examples: [
      ["substr('stream', 2, 3)", '"tre"'],
      ["substr('stream', -2)", '"am"'],
    ],
    evaluate: substr,
  }),
  defineFunction({
    name: 'left',
    summary: 'the first `count` characters',
    parameters: [text('text'), integer('count')],
    examples: [["left('stream', 2)", '"st"']],
    evaluate: (input, count) => slice(charactersOf(input), 0, Math.max(0, count)),
  }),
  defineFunction({
    name: 'right',
    summary: 'the last `count` characters',
    parameters: [text('text'), integer('count')],
    examples: [["right('stream', 2)", '"am"']],
    evaluate: (input, count) => (count <= 0 ? '' : slice(charactersOf(input), -count)),
  }),
  defineFunction({
    name: 'trim',
    summary: 'the text without the `characters` (spaces) at both ends',
    parameters: [text('text'), optional(text('characters'))],
    examples: [
      ["trim('  a b ')", '"a b"'],
      ["trim('--a--', '-')", '"a"'],
    ],
    evaluate: (input, unwanted) => trim(input, unwanted, 'both'),
  }),
  defineFunction({
    name: 'ltrim',
    summary: 'the same at the start alone',
    parameters: [text('text'), optional(text('characters'))],
    examples: [["ltrim('007', '0')", '"7"']],
    evaluate: (input, unwanted) => trim(input, unwanted, 'start'),
  }),
  defineFunction({
    name: 'rtrim',
    summary: 'the same at the end alone',
    parameters: [text('text'), optional(text('characters'))],
    examples: [["rtrim('1.500', '0')", '"1.5"']],
    evaluate: (input, unwanted) => trim(input, unwanted, 'end'),
  }),
  defineFunction({
    name: 'replace',
    summary: 'the text with every `from` replaced',
    parameters: [text('text'), text('from'), text('to')],
    examples: [["replace('a-b-c', '-', '+')", '"a+b+c"']],
    evaluate: (input, from, to) => {
      if (from === '') return input;
      const parts = input.split(from);
      return bounded('replace', input.length + (parts.length - 1) * to.length, () => parts.join(to));
    },
  }),
  defineFunction({
    name: 'instr',
    summary: 'where `part` first occurs, the first character being 1; 0 if it does not',
    parameters: [text('text'), text('part')],
    examples: [
      ["instr('stream', 'ea')", '4'],
      ["instr('stream', 'x')", '0'],
    ],
    evaluate: (input, part) => {
      const found = input.indexOf(part);
      return found < 0 ? 0 : charactersOf(input.slice(0, found)).length + 1;
    },
  }),
  defineFunction({
    name: 'contains',
    summary: 'whether `part` occurs in the text',
    parameters: [text('text'), text('part')],
    examples: [["contains('stream', 'ea')", 'true']],
    evaluate: (input, part) => input.includes(part),
  }),
  defineFunction({
    name: 'starts_with',
    summary: 'whether the text starts with `part`',
    parameters: [text('text'), text('part')],
    examples: [["starts_with('/api/users', '/api')", 'true']],
    evaluate: (input, part) => input.startsWith(part),
  }),
  defineFunction({
    name: 'ends_with',
    summary: 'whether the text ends with `part`',
    parameters: [text('text'), text('part')],
    examples: [["ends_with('a.csv', '.json')", 'false']],
    evaluate: (input, part) => input.endsWith(part),
  }),
  defineSpecial({
    name: 'concat',
    signature: 'concat(value …)',
    summary: 'all values as one text; NULL counts as empty, which it does not with `||`',
    least: 1,
    most: Number.POSITIVE_INFINITY,
    examples: [["concat('user-', 7, NULL)", '"user-7"']],
    compile: ({ arguments: given }) => joined(constant(''), given, 'concat'),
  }),
  defineSpecial({
    name: 'concat_ws',
    signature: 'concat_ws(separator, value …)',
    summary: 'all values that are not NULL as one text, with a separator between them',
    least: 2,
    most: Number.POSITIVE_INFINITY,
    examples: [["concat_ws('/', 'a', NULL, 'b')", '"a/b"']],
    compile: ({ arguments: [separator, ...given] }) => joined(separator!, given, 'concat_ws'),
  }),
  defineFunction({
    name: 'lpad',
    summary: 'the text filled up at the start to `length`, or cut to it',
    parameters: [asText('text'), integer('length'), optional(text('fill'))],
    examples: [["lpad('7', 3, '0')", '"007"']],
    evaluate: (input, length, fill = ' ') => {
      const missing = length - charactersOf(input).length;
      return missing <= 0
        ? slice(charactersOf(input), 0, Math.max(0, length))
        : filling(fill, missing) + input;
    },
  }),
  defineFunction({
    name: 'rpad',
    summary: 'the same at the end',
    parameters: [asText('text'), integer('length'), optional(text('fill'))],
    examples: [["rpad('ab', 4, '.')", '"ab.."']],
    evaluate: (input, length, fill = ' ') => {
      const missing = length - charactersOf(input).length;
      return missing <= 0
        ? slice(charactersOf(input), 0, Math.max(0, length))
        : input + filling(fill, missing);
    },
  }),
  defineFunction({
    name: 'repeat',
    summary: 'the text `count` times over',
    parameters: [text('text'), integer('count')],
    examples: [["repeat('ab', 3)", '"ababab"']],
    evaluate: (input, count) =>
      bounded('repeat', input.length * count, () => input.repeat(Math.max(0, count))),
  }),
  defineFunction({
    name: 'reverse',
    summary: 'the characters in reverse',
    parameters: [text('text')],
    examples: [["reverse('abc')", '"cba"']],
    evaluate: (input) => [...input].reverse().join(''),
  }),
  defineFunction({
    name: 'split',
    summary: 'the parts between the separators, as an array',
    parameters: [text('text'), text('separator')],
    examples: [["split('a,b,,c', ',')", '["a","b","","c"]']],
    evaluate: (input, separator) => (separator === '' ? [input] : input.split(separator)),
  }),
  defineFunction({
    name: 'split_part',
    summary:
      'the part at `index`, the first being 1, a negative one counting from the end; NULL if there is none',
    parameters: [text('text'), text('separator'), integer('index')],
    examples: [
      ["split_part('a/b/c', '/', 2)", '"b"'],
      ["split_part('a/b/c', '/', -1)", '"c"'],
    ],
    evaluate: (input, separator, index) => {
      const parts = separator === '' ? [input] : input.split(separator);
      return parts.at(index > 0 ? index - 1 : index < 0 ? index : parts.length) ?? null;
    },
  }),
];

/** SQLite's substr: what stands at a place before the first character counts towards the length. */
function substr(input: string, start: number, length: number | undefined): string {
  const characters = charactersOf(input);
  let from = start > 0 ? start - 1 : start < 0 ? start + characters.length : length === undefined ? 0 : -1;
  let to = length === undefined ? characters.length : from + length;
  if (to < from) [from, to] = [to, from];
  return slice(characters, Math.max(0, from), Math.max(0, to));
}

function trim(input: string, unwanted: string | undefined, side: 'both' | 'start' | 'end'): string {
  const characters = charactersOf(input);
  const wanted = new Set(unwanted ?? ' ');
  let start = 0;
  let end = characters.length;
  if (side !== 'end') while (start < end && wanted.has(characters[start]!)) start++;
  if (side !== 'start') while (end > start && wanted.has(characters[end - 1]!)) end--;
  return slice(characters, start, end);
}

function joined(separator: Scalar, given: readonly Scalar[], name: string): Scalar {
  return (event) => {
    const between = separator(event);
    if (between === null) return null;
    const parts: string[] = [];
    for (const each of given) {
      const value = each(event);
      if (value !== null) parts.push(partOf(value, name));
    }
    return joinTexts(name, parts, partOf(between, name));
  };
}

function partOf(value: Exclude<Value, null>, name: string): string {
  const part = toText(value);
  if (part === undefined) throw typeError(`${name} joins texts`, value);
  return part;
}

/** `count` characters of `fill`, over and over. */
function filling(fill: string, count: number): string {
  if (fill === '') return '';
  return bounded('pad', count * fill.length, () => {
    const characters = charactersOf(fill);
    return slice(charactersOf(fill.repeat(Math.ceil(count / characters.length))), 0, count);
  });
}

function bounded(name: string, length: number, make: () => string): string {
  checkLength(name, length);
  return make();
}
