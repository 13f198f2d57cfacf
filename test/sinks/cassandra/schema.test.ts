import { expect, test } from 'vitest';
import { columnsOf, parseColumns, typeText } from '../../../src/sinks/cassandra/schema.ts';

function declared(text: string): string[] {
  return parseColumns(text).map(
    ({ name, type, static: fixed }) => `${name} ${typeText(type)}${fixed ? ' static' : ''}`,
  );
}

test('columns are read as in CREATE TABLE', () => {
  expect(declared('user_id text, timestamp timestamp, value double, metadata map<text,text>')).toEqual([
    'user_id text',
    'timestamp timestamp',
    'value double',
    'metadata map<text, text>',
  ]);
});

test('a comma inside a type does not end the column', () => {
  expect(
    declared('a map<text, frozen<list<int>>>, b tuple<int, text, frozen<set<uuid>>>,c vector<float, 3>'),
  ).toEqual([
    'a map<text, frozen<list<int>>>',
    'b tuple<int, text, frozen<set<uuid>>>',
    'c vector<float, 3>',
  ]);
});

test('case is kept in names and does not matter in types', () => {
  expect(declared('userId TEXT, "odd ""name" Map<Text,INT> STATIC')).toEqual([
    'userId text',
    'odd "name map<text, int> static',
  ]);
});

test('a type of the user is written in double quotes', () => {
  expect(declared('home frozen<"Address">')).toEqual(['home frozen<"Address">']);
});

test('columns may be an object of column and type', () => {
  expect(
    columnsOf({ id: 'uuid', tags: 'set<text>' }).map(({ name, type }) => `${name} ${typeText(type)}`),
  ).toEqual(['id uuid', 'tags set<text>']);
});

test('a comma at the end is no column', () => {
  expect(declared('a int, ')).toEqual(['a int']);
});

test.each([
  ['', 'expected a column name, found the end'],
  ['a', 'expected a type, found the end'],
  ['a strng', 'unknown type "strng"'],
  ['a constructor', 'unknown type "constructor"'],
  ['a int b text', 'expected a comma or the end, found "b text"'],
  ['a map<text>', 'expected two types in map<…>, found ">"'],
  ['a map<text, int', 'expected ">", found the end'],
  ['a list<int, int>', 'expected ">", found ", int>"'],
  ['a list', 'expected "<", found the end'],
  ['a vector<float>', 'expected ",", found ">"'],
  ['a vector<float, 0>', "a vector can't have 0 elements"],
  ['a int, a text', 'column "a" is declared twice'],
  ['a int, PRIMARY KEY (a)', 'a schema holds columns only, not the PRIMARY KEY'],
  ['n counter', 'counter columns are not supported'],
  ['a int); DROP TABLE x; --', 'expected a comma or the end, found "); DROP TABLE x; --"'],
])('the schema %j is refused: %s', (text, message) => {
  expect(() => parseColumns(text)).toThrow(message);
});

test('what follows the type of an object is refused', () => {
  expect(() => columnsOf({ id: 'int, b text' })).toThrow('expected the end of the type of "id"');
});
