import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/event.ts';
import { transform } from './run.ts';

async function valuesAfter(steps: readonly unknown[], ...values: (JsonObject | null)[]) {
  const { emitted, rejected } = await transform(steps, values);
  expect(rejected).toEqual([]);
  return emitted;
}

describe('filter', () => {
  it('passes on what is TRUE, and counts the rest as filtered', async () => {
    const { emitted, filtered } = await transform(
      [{ filter: 'v > 1' }],
      [{ v: 1 }, { v: 2 }, {}, { v: null }],
    );
    expect(emitted).toEqual([{ v: 2 }]);
    expect(filtered).toEqual([{ v: 1 }, {}, { v: null }]);
  });

  it('rejects an event that its condition does not fit', async () => {
    const { rejected } = await transform([{ filter: 'v > 1' }], [{ v: 'x' }]);
    expect(rejected).toEqual([
      { value: { v: 'x' }, code: 'type', message: "can't compare the text 'x' with the number 1" },
    ]);
  });
});

describe('set', () => {
  it('adds fields and replaces them', async () => {
    const after = await valuesAfter([{ set: { double: 'v * 2', v: "'was ' || v" } }], { v: 3 });
    expect(after).toEqual([{ v: 'was 3', double: 6 }]);
  });

  it('evaluates all its expressions before it writes, as UPDATE does', async () => {
    expect(await valuesAfter([{ set: { a: 'b', b: 'a' } }], { a: 1, b: 2 })).toEqual([{ a: 2, b: 1 }]);
  });

  it('writes inside objects and makes them where none is', async () => {
    const steps = [{ set: { 'user.city': "'Bern'", 'new.deep.er': '1' } }];
    expect(await valuesAfter(steps, { user: { id: 7 } }, { user: null })).toEqual([
      { user: { id: 7, city: 'Bern' }, new: { deep: { er: 1 } } },
      { user: { city: 'Bern' }, new: { deep: { er: 1 } } },
    ]);
  });

  it('rejects an event that has no object where one must be', async () => {
    const { rejected } = await transform([{ set: { 'user.city': '1' } }], [{ user: 'ann' }]);
    expect(rejected[0]!.message).toBe(`can't set "city" inside "user": it is the text 'ann'`);
  });

  it('takes a number, TRUE, FALSE and NULL as YAML has them', async () => {
    expect(await valuesAfter([{ set: { a: 1, b: true, c: null } }], {})).toEqual([
      { a: 1, b: true, c: null },
    ]);
  });

  it('leaves the event that came in as it was, on every level', async () => {
    const input = { user: { city: { name: 'Bern' } }, v: 1 };
    const before = structuredClone(input);
    const steps = [
      { set: { v: '2' } },
      { set: { 'user.city.name': "'Basel'" } },
      { set: { 'copy.x': 'user', 'user.city.code': '1' } },
      { drop: ['user.city.code'] },
      { set: { 'user.city.name': "'Chur'" } },
    ];
    const after = await valuesAfter(steps, input);
    expect(after).toEqual([
      { v: 2, user: { city: { name: 'Chur' } }, copy: { x: { city: { name: 'Basel' } } } },
    ]);
    expect(input).toEqual(before);
  });

  it('keeps a field that the event calls "__proto__"', async () => {
    const value = JSON.parse('{"__proto__": {"admin": true}, "v": 1}');
    for (const steps of [[{ set: { w: 'v' } }], [{ drop: ['x'] }], [{ rename: { v: 'w' } }]]) {
      const [after] = await valuesAfter(steps, value);
      expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
      expect(Object.keys(after!)).toContain('__proto__');
    }
  });
});

describe('select', () => {
  it('keeps fields under their own names, and expressions under the names that they are given', async () => {
    const after = await valuesAfter(
      [{ select: ['id', 'user.city', 'v * 2 AS double', '\'x\' AS "odd name"', '$offset'] }],
      { id: 1, v: 2, user: { city: 'Bern' }, rest: 3 },
    );
    expect(after).toEqual([{ id: 1, city: 'Bern', double: 4, 'odd name': 'x', offset: 0 }]);
  });

  it('gives NULL for what is absent, so that all events have the same fields', async () => {
    expect(await valuesAfter([{ select: ['a', 'b.c'] }], {})).toEqual([{ a: null, c: null }]);
  });
});

describe('drop', () => {
  it('leaves fields out, also inside others, and does not miss absent ones', async () => {
    const after = await valuesAfter(
      [{ drop: ['a', 'user.token', 'user.deep.x', 'no.such'] }],
      { a: 1, b: 2, user: { token: 's', name: 'ann', deep: { x: 1, y: 2 } } },
      { user: 'ann', no: 1 },
    );
    expect(after).toEqual([
      { b: 2, user: { name: 'ann', deep: { y: 2 } } },
      { user: 'ann', no: 1 },
    ]);
  });
});

describe('rename', () => {
  it('keeps the order of the fields', async () => {
    const [after] = await valuesAfter([{ rename: { b: 'z' } }], { a: 1, b: 2, c: 3 });
    expect(Object.entries(after!)).toEqual([
      ['a', 1],
      ['z', 2],
      ['c', 3],
    ]);
  });

  it('swaps names', async () => {
    expect(await valuesAfter([{ rename: { a: 'b', b: 'a' } }], { a: 1, b: 2 })).toEqual([{ b: 1, a: 2 }]);
  });

  it('replaces a field that has the new name already, wherever it stands', async () => {
    const after = await valuesAfter([{ rename: { a: 'b' } }], { a: 1, b: 2 }, { b: 2, a: 1 }, { b: 2 });
    expect(after).toEqual([{ b: 1 }, { b: 1 }, { b: 2 }]);
  });
});

describe('parse', () => {
  it.each([
    ['JSON', { as: 'json' }, '{"a": [1, 9007199254740993]}', { a: [1, 9007199254740993n] }],
    ['a row of CSV', { as: 'csv', columns: ['x', 'y'] }, '1,"a,b"', { x: '1', y: 'a,b' }],
    [
      'what a pattern finds',
      { as: 'regex', pattern: '(?P<who>\\w+)=(?P<n>\\d+)?' },
      'ann=',
      { who: 'ann', n: null },
    ],
    ['ISO 8601', { as: 'timestamp' }, '2026-01-31T12:00:00+01:00', new Date('2026-01-31T11:00:00Z')],
    ['the text of epoch s', { as: 'timestamp', unit: 's' }, '86400.5', new Date(86_400_500)],
    ['epoch ms', { as: 'timestamp' }, 5, new Date(5)],
    [
      'a time in a format',
      { as: 'timestamp', format: '%d/%b/%Y:%H:%M:%S %z' },
      '10/Oct/2000:13:55:36 -0700',
      new Date('2000-10-10T20:55:36Z'),
    ],
    [
      'a date of another order',
      { as: 'timestamp', format: '(%d.%m.%Y)' },
      '(31.01.2026)',
      new Date('2026-01-31'),
    ],
  ])('reads %s', async (_name, how, text, result) => {
    expect(await valuesAfter([{ parse: { field: 'raw', ...how } }], { raw: text, v: 1 })).toEqual([
      { raw: result, v: 1 },
    ]);
  });

  it('puts the result where it is told to', async () => {
    const into = { parse: { field: 'raw', as: 'json', into: 'doc.body' } };
    expect(await valuesAfter([into], { raw: '[1]' })).toEqual([{ raw: '[1]', doc: { body: [1] } }]);
    const merge = { parse: { field: 'raw', as: 'json', merge: true } };
    expect(await valuesAfter([merge], { raw: '{"a": 1}', a: 0 })).toEqual([{ raw: '{"a": 1}', a: 1 }]);
  });

  it('leaves NULL as it is', async () => {
    expect(await valuesAfter([{ parse: { field: 'raw', as: 'json' } }], {})).toEqual([{ raw: null }]);
  });

  it.each([
    ['JSON that is broken', { as: 'json' }, '{"a":', /^invalid JSON/],
    ['a number', { as: 'json' }, 5, /^expected a text to parse, not the number 5$/],
    ['too many columns', { as: 'csv', columns: ['x'] }, '1,2', /columns/],
    ['text without a match', { as: 'regex', pattern: '(?P<n>\\d)' }, 'x', /does not match 'x'$/],
    ['a day that is none', { as: 'timestamp' }, '2026-02-30', /^not a time: the text '2026-02-30'$/],
    ['a month that is none', { as: 'timestamp', format: '%d %b %Y' }, '01 Foo 2026', /^not a time/],
    [
      'fields that are none, to merge',
      { as: 'json', merge: true },
      '[1]',
      /^merge needs fields, not an array$/,
    ],
  ])('rejects %s', async (_name, how, raw, message) => {
    const { rejected } = await transform([{ parse: { field: 'raw', ...how } }], [{ raw }]);
    expect(rejected).toEqual([{ value: { raw }, code: 'parse', message: expect.stringMatching(message) }]);
  });
});

describe('explode', () => {
  it('makes one event of each element, with an identity of its own', async () => {
    const { emitted, ids } = await transform(
      [{ explode: 'items' }],
      [
        { order: 7, items: ['a', 'b'] },
        { order: 8, items: ['c'] },
      ],
    );
    expect(emitted).toEqual([
      { order: 7, items: 'a' },
      { order: 7, items: 'b' },
      { order: 8, items: 'c' },
    ]);
    expect(ids).toEqual(['in:p:0#0', 'in:p:0#1', 'in:p:1#0']);
  });

  it('puts the element under another name, and goes on with the steps behind', async () => {
    const steps = [
      { explode: { field: 'o.items', as: 'item' } },
      { filter: 'item > 1' },
      { set: { item: 'item * 10' } },
    ];
    const { emitted, filtered } = await transform(steps, [{ o: { items: [1, 2, 3] } }]);
    expect(emitted.map((value) => value!.item)).toEqual([20, 30]);
    expect(filtered.map((value) => value!.item)).toEqual([1]);
  });

  it('filters an event without elements out, unless told to keep it', async () => {
    const values: JsonObject[] = [{ items: [] }, { items: null }, {}];
    expect((await transform([{ explode: 'items' }], values)).filtered).toEqual(values);
    const kept = await transform([{ explode: { field: 'items', keep_empty: true } }], values);
    expect(kept.emitted).toEqual([{ items: null }, { items: null }, { items: null }]);
  });

  it('rejects what is no array, and of the events that it makes only those that fail', async () => {
    const steps = [{ explode: 'items' }, { set: { n: 'items + 1' } }];
    const { emitted, rejected, made } = await transform(steps, [{ items: [1, 'x', 3] }, { items: 5 }]);
    expect(2 + made).toBe(emitted.length + rejected.length);
    expect(emitted.map((value) => value!.n)).toEqual([2, 4]);
    expect(rejected.map(({ value, message }) => [value!.items, message])).toEqual([
      ['x', "can't calculate the text 'x' + the number 1"],
      [5, 'explode: "items" must be an array, not the number 5'],
    ]);
  });

  it('gives the elements to events that don’t share what later steps write', async () => {
    const steps = [{ explode: 'items' }, { set: { 'user.n': 'items' } }];
    expect(await valuesAfter(steps, { user: { id: 1 }, items: [1, 2] })).toEqual([
      { user: { id: 1, n: 1 }, items: 1 },
      { user: { id: 1, n: 2 }, items: 2 },
    ]);
  });
});

describe('sample', () => {
  const values = Array.from({ length: 20_000 }, (_, n) => ({ n, user: `u${n % 500}` }));

  it('passes on about the share that it is told to, and the same events every time', async () => {
    const [first, second] = [
      await valuesAfter([{ sample: 0.1 }], ...values),
      await valuesAfter([{ sample: 0.1 }], ...values),
    ];
    expect(first).toEqual(second);
    // Five standard deviations of a binomial distribution on either side.
    expect(first.length).toBeGreaterThan(1788);
    expect(first.length).toBeLessThan(2212);
  });

  it('keeps all events of a user or none', async () => {
    const kept = await valuesAfter([{ sample: { fraction: 0.2, by: 'user' } }], ...values);
    const users = new Set(kept.map((value) => value!.user));
    expect(kept.length).toBe(users.size * 40);
    expect(users.size).toBeGreaterThan(55);
    expect(users.size).toBeLessThan(145);
  });

  it('of everything is everything', async () => {
    expect(await valuesAfter([{ sample: 1 }], ...values)).toHaveLength(values.length);
  });
});

describe('a tombstone', () => {
  it('passes through every step that changes fields, and through no filter of fields', async () => {
    const steps = [
      { set: { a: '1' } },
      { select: ['a'] },
      { drop: ['a'] },
      { rename: { a: 'b' } },
      { parse: { field: 'a', as: 'json' } },
      { explode: 'a' },
    ];
    expect(await valuesAfter(steps, null)).toEqual([null]);
    expect(await valuesAfter([{ filter: '$offset = 0' }], null)).toEqual([null]);
    expect((await transform([{ filter: 'a = 1' }], [null])).filtered).toEqual([null]);
  });
});
