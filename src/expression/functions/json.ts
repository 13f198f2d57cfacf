import { decodeValue, encodeValue } from '../../codecs/json.ts';
import { DataError } from '../../errors.ts';
import type { JsonObject, Value } from '../../event.ts';
import { equalValues } from '../compare.ts';
import { valueAt } from '../fields.ts';
import { joinTexts } from '../length.ts';
import { isObject, toText, typeError, typeOf } from '../values.ts';
import { defineFunction, defineSpecial, type FunctionDefinition } from './define.ts';
import { any, asText, list, object, parsed, text } from './parameters.ts';

export const jsonFunctions: readonly FunctionDefinition[] = [
  defineFunction({
    name: 'json_parse',
    aliases: ['parse_json', 'from_json'],
    summary: 'the value that a text holds as JSON',
    parameters: [text('text')],
    examples: [['json_parse(\'{"a": [1, 2]}\')', '{"a":[1,2]}']],
    evaluate: decodeValue,
  }),
  defineFunction({
    name: 'to_json',
    aliases: ['json_string'],
    summary: 'the value as JSON text',
    parameters: [any('value')],
    examples: [["to_json(split('a,b', ','))", '"[\\"a\\",\\"b\\"]"']],
    evaluate: encodeValue,
  }),
  defineFunction({
    name: 'json_value',
    aliases: ['json_extract'],
    summary: 'what stands at a path, `$.a.b[0]`, in a value or in JSON text; NULL if nothing does',
    parameters: [any('json'), parsed('path', stepsOf)],
    examples: [
      ['json_value(\'{"a": {"b": [5, 6]}}\', \'$.a.b[1]\')', '6'],
      ["json_value('{}', '$.a')", 'null'],
    ],
    evaluate: (json, steps) => valueAt(typeof json === 'string' ? decodeValue(json) : json, steps),
  }),
  defineFunction({
    name: 'json_type',
    aliases: ['typeof'],
    summary: 'the type of a value: boolean, number, text, timestamp, array or object; NULL for NULL',
    parameters: [any('value')],
    examples: [
      ["json_type('a')", '"text"'],
      ["json_type(split('a', ','))", '"array"'],
    ],
    evaluate: (value) => typeOf(value),
  }),
  defineFunction({
    name: 'json_keys',
    summary: 'the names of an object’s fields, as an array',
    parameters: [object('object')],
    examples: [['json_keys(json_parse(\'{"a": 1, "b": 2}\'))', '["a","b"]']],
    evaluate: (value) => Object.keys(value),
  }),
  defineFunction({
    name: 'array_length',
    aliases: ['cardinality', 'json_array_length'],
    summary: 'how many elements an array has',
    parameters: [list('array')],
    examples: [["array_length(split('a,b', ','))", '2']],
    evaluate: (array) => array.length,
  }),
  defineFunction({
    name: 'array_contains',
    summary: 'whether an element of the array equals the value',
    parameters: [list('array'), any('value')],
    examples: [["array_contains(split('a,b', ','), 'b')", 'true']],
    evaluate: (array, value) =>
      array.some(
        (element) => element !== null && typeOf(element) === typeOf(value) && equalValues(element, value),
      ),
  }),
  defineFunction({
    name: 'array_join',
    summary: 'the elements that are not NULL as one text, with a separator between them',
    parameters: [list('array'), text('separator')],
    examples: [["array_join(split('a,b', ','), '-')", '"a-b"']],
    evaluate: (array, separator) =>
      joinTexts(
        'array_join',
        array.filter((element) => element !== null).map((element) => toText(element) ?? encodeValue(element)),
        separator,
      ),
  }),
  defineSpecial({
    name: 'json_array',
    signature: 'json_array([value …])',
    summary: 'an array of the values',
    least: 0,
    most: Number.POSITIVE_INFINITY,
    examples: [["json_array(1, 'a', NULL)", '[1,"a",null]']],
    compile:
      ({ arguments: given }) =>
      (event) =>
        given.map((each) => each(event)),
  }),
  defineSpecial({
    name: 'json_object',
    signature: 'json_object([name, value …])',
    summary: 'an object of names and values in turn',
    least: 0,
    most: Number.POSITIVE_INFINITY,
    examples: [["json_object('a', 1, 'b', NULL)", '{"a":1,"b":null}']],
    compile: ({ arguments: given }) => {
      if (given.length % 2 === 1) throw new DataError('type', 'json_object takes names and values in turn');
      return (event) => {
        const entries: [string, Value][] = [];
        for (let index = 0; index < given.length; index += 2) {
          const name = given[index]!(event);
          if (typeof name !== 'string') throw typeError('json_object: a name must be text', name);
          entries.push([name, given[index + 1]!(event)]);
        }
        return Object.fromEntries(entries);
      };
    },
  }),
  defineSpecial({
    name: 'json_merge',
    signature: 'json_merge(object …)',
    summary: 'the fields of all objects, later ones winning; NULL counts as empty',
    least: 1,
    most: Number.POSITIVE_INFINITY,
    examples: [["json_merge(json_object('a', 1), json_object('a', 2))", '{"a":2}']],
    compile:
      ({ arguments: given }) =>
      (event) => {
        let merged: JsonObject = {};
        for (const each of given) {
          const value = each(event);
          if (value === null) continue;
          if (!isObject(value)) throw typeError('json_merge takes objects', value);
          merged = { ...merged, ...value };
        }
        return merged;
      },
  }),
  defineFunction({
    name: 'sha256',
    summary: 'the SHA-256 of the text’s UTF-8, in hexadecimal: for pseudonyms',
    parameters: [asText('text')],
    examples: [["left(sha256('ann'), 8)", '"49915e0d"']],
    evaluate: (input) => sha256(input),
  }),
];

/** The module is loaded with the first call: it takes longer than the rest of the functions together. */
function sha256(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex');
}

const STEP = /\.([\p{L}_][\p{L}\p{N}_]*)|\["([^"]*)"\]|\['([^']*)'\]|\[(\d+)\]/uy;

/** `$.a.b[0]['c']` as steps. Throws DataError. */
function stepsOf(path: string): (string | number)[] {
  const steps: (string | number)[] = [];
  if (!path.startsWith('$')) throw new DataError('type', `a path begins with $, as '$.a.b', not '${path}'`);
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const at = STEP.lastIndex;
    const step = STEP.exec(path);
    if (step === null)
      throw new DataError('type', `the path '${path}' can't be read from '${path.slice(at)}' on`);
    steps.push(step[4] === undefined ? (step[1] ?? step[2] ?? step[3])! : Number(step[4]));
  }
  return steps;
}
