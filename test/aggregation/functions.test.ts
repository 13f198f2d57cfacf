import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Aggregates } from '../../src/aggregation/aggregates.ts';
import { compileFormula } from '../../src/aggregation/formula.ts';
import { aggregateDefinitions } from '../../src/aggregation/functions/index.ts';
import { textOfValue } from '../../src/aggregation/identity.ts';
import { STANDARD_ERROR } from '../../src/aggregation/sketches/hyperloglog.ts';
import { RELATIVE_ERROR } from '../../src/aggregation/sketches/quantiles.ts';
import { Event, type Records, type Value } from '../../src/event.ts';
import { aggregateFunctions } from '../../src/expression/aggregates.ts';
import { aggregate, eventsOf } from './aggregate.ts';

describe('every aggregate', () => {
  it.each(aggregateDefinitions.map(({ example }) => example))(
    '$call over $values is $result, as the reference says',
    ({ call, values, result }) => {
      expect(aggregate(call, values)).toEqual(result);
    },
  );

  it.each(aggregateDefinitions.map(({ example }) => example))(
    '$call gives the same of parts that are merged, wherever they were cut',
    ({ call, values, result }) => {
      for (let cut = 0; cut <= values.length; cut++) {
        const merged = aggregate(call, values, [cut]);
        if (typeof result === 'number') expect(merged).toBeCloseTo(result, 12);
        else expect(merged).toEqual(result);
      }
    },
  );

  it('is known to the grammar', () => {
    expect(aggregateDefinitions.map(({ name }) => name)).toEqual([...aggregateFunctions.keys()]);
  });
});

describe('sums', () => {
  it('stay exact where doubles, added one by one, would drift', () => {
    const tenths = Array.from({ length: 1000 }, () => 0.1);
    expect(aggregate('sum(value)', tenths)).toBe(100);
    expect(aggregate('sum(value)', [1e100, 1, -1e100])).toBe(1);
    expect(aggregate('sum(value)', [1, 1e100, 1, -1e100], [1, 2, 3])).toBe(2);
  });

  it('of exact integers are exact integers', () => {
    expect(aggregate('sum(value)', [9_007_199_254_740_993n, 2])).toBe(9_007_199_254_740_995n);
    expect(aggregate('sum(value)', [9_007_199_254_740_993n, 0.5])).toBe(9_007_199_254_740_992);
    expect(aggregate('sum(value)', [9_007_199_254_740_993n, -10])).toBe(9_007_199_254_740_983);
  });

  it('of integers leave the doubles where these would be rounded, and come back', () => {
    const largest = Number.MAX_SAFE_INTEGER;
    const values = [largest, largest, 7, largest, -largest, -5n, largest];
    for (let length = 1; length <= values.length; length++) {
      const given = values.slice(0, length);
      const exact = given.reduce<bigint>((sum, value) => sum + BigInt(value), 0n);
      for (let cut = 0; cut <= given.length; cut++)
        expect(BigInt(aggregate('sum(value)', given, [cut]) as number)).toBe(exact);
    }
    expect(aggregate('sum(value)', [largest, largest, largest])).toBe(27_021_597_764_222_973n);
    expect(aggregate('sum(value)', [largest, 1, -1])).toBe(largest);
    expect(aggregate('sum(value)', [-largest, -largest, largest])).toBe(-largest);
  });

  it('of any integers are what exact arithmetic gives', () => {
    const integer = fc.oneof(
      fc.maxSafeInteger(),
      fc.constantFrom(Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 1, -1),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n }),
    );
    const given = fc.array(integer, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(given, fc.nat(), (values, at) => {
        const sum = aggregate('sum(value)', values, [at % (values.length + 1)]) as number | bigint;
        const exact = values.reduce<bigint>((total, value) => total + BigInt(value), 0n);
        expect(BigInt(sum)).toBe(exact);
        expect(typeof sum).toBe(
          exact === BigInt(Number(exact)) && Number.isSafeInteger(Number(exact)) ? 'number' : 'bigint',
        );
      }),
    );
  });

  it('of doubles stay doubles, however large', () => {
    expect(aggregate('sum(value)', [1e17])).toBe(1e17);
    expect(aggregate('sum(value)', [1e300, 1e300])).toBe(2e300);
    expect(aggregate('sum(value)', [Number.MAX_SAFE_INTEGER, 2.5, 0.25])).toBe(2 ** 53 + 2);
  });

  it('beyond all doubles are NULL, and so are deviations; what is so on the way alone is not', () => {
    for (const call of ['sum(value)', 'stddev(value)', 'variance_pop(value)'])
      expect(aggregate(call, [1e308, 1e308, -1e307]), call).toBeNull();
    expect(aggregate('sum(value)', [1e308, 1e308, -1e308])).toBe(1e308);
    expect(aggregate('avg(value)', [1e308, 1e308])).toBe(1e308);
    expect(aggregate('sum(value)', [0.1, 1e308, 1e308, -1e308, -1e308, 0.2])).toBe(0.1 + 0.2);
    expect(aggregate('sum(value)', [1e308, 1e308, 7n, -1e308, -1e308])).toBe(7);
    expect(aggregate('sum(value)', [Number.POSITIVE_INFINITY, 1e308, 1e308])).toBeNull();
    const { MAX_VALUE } = Number;
    expect(aggregate('sum(value)', [MAX_VALUE, MAX_VALUE, 1, -MAX_VALUE])).toBe(MAX_VALUE);
  });

  it('of the largest doubles are the same in whatever order and groups they come', () => {
    const large = fc.constantFrom(...[1, 2, 3, 4, 5, 6, 7].flatMap((n) => [n * 2 ** 1021, -n * 2 ** 1021]));
    fc.assert(
      fc.property(fc.array(large, { minLength: 1, maxLength: 30 }), fc.nat(), (values, at) => {
        const exact = Number(values.reduce((total, value) => total + BigInt(value), 0n));
        const cuts = [at % (values.length + 1)];
        expect(aggregate('sum(value)', values, cuts)).toBe(Number.isFinite(exact) ? exact : null);
        const mean = aggregate('avg(value)', values, cuts) as number;
        const scaled = values.reduce((total, value) => total + value / 2 ** 1000, 0) / values.length;
        expect(mean / 2 ** 1000).toBeCloseTo(scaled, 5);
      }),
    );
  });

  it('of nothing are NULL, and counts are 0', () => {
    expect(aggregate('sum(value)', [null])).toBeNull();
    expect(aggregate('avg(value)', [])).toBeNull();
    expect(aggregate('count(value)', [null])).toBe(0);
  });
});

describe('values that are equal', () => {
  it('are one, whether doubles or exact integers', () => {
    const values = [1e17, 10n ** 17n, 2 ** 53, 2n ** 53n, 2 ** 52 + 1, 2n ** 52n + 1n, 1e300, 0, -0];
    expect(aggregate('count(DISTINCT value)', values)).toBe(5);
    expect(aggregate('approx_count_distinct(value)', values)).toBe(5);
    for (const value of values) expect(textOfValue([value])).toBe(`[${BigInt(value)}]`);
  });
});

describe('events at one time', () => {
  const make = (source: string, partition: string, offset: number, id: string | null) => {
    const records = { partition, length: 1, offset: () => offset } as unknown as Records;
    const value = `${source} ${partition} ${offset} ${id}`;
    return new Event({ value }, 5, { source, records, readAt: 0 }, 0, id);
  };
  const inOrder = [
    make('a', 'p', 7, null),
    make('a', 'p', 99, 'a:p:99#0'),
    make('a', 'p', 99, 'a:p:99#1'),
    make('a', 'p', 99, 'a:p:99#2#9'),
    make('a', 'p', 99, 'a:p:99#2#10'),
    make('a', 'p', 99, 'a:p:99#9'),
    make('a', 'p', 99, 'a:p:99#10'),
    make('a', 'p', 100, 'a:p:100#0'),
    make('a', 'q', 3, null),
    make('b', 'p', 7, null),
    make('node', 'results', 0, 'node/-5/x'),
    make('node', 'results', 0, 'node/5/x'),
    make('node', 'results', 0, 'node/5/y'),
    make('node', 'results', 0, 'node/12/x'),
  ];

  it.each([0, 3, 11, 13])(
    'stand by source, partition, offset and place in their record (turned by %i)',
    (by) => {
      const values = inOrder.map(({ value }) => value!.value);
      const turned = [...inOrder.slice(by), ...inOrder.slice(0, by)].toReversed();
      const aggregates = new Aggregates();
      const options = { fields: [] };
      const results = ['collect_list(value)', 'first(value)', 'last(value)', 'arg_min(value, 1)'].map(
        (text) => compileFormula(text, aggregates, options),
      );
      const [one, other] = [aggregates.create(), aggregates.create()];
      for (const [index, event] of turned.entries()) {
        aggregates.read(event);
        aggregates.add(index % 2 === 0 ? one : other, event);
      }
      // As a checkpoint keeps it.
      aggregates.merge(one, structuredClone(other));
      expect(results.map((result) => result(one, {}))).toEqual([values, values[0], values.at(-1), values[0]]);
    },
  );
});

describe('FILTER and DISTINCT', () => {
  it('choose what an aggregate sees', () => {
    expect(aggregate('count(*) FILTER (WHERE value > 1)', [1, 2, 3])).toBe(2);
    expect(aggregate('sum(DISTINCT value)', [5, 5, 1], [1, 2])).toBe(6);
    expect(aggregate('count(DISTINCT value) FILTER (WHERE value <> 5)', [5, 5, 1, 1, 2])).toBe(2);
  });

  it('of one call do not touch another', () => {
    expect(aggregate('sum(value) FILTER (WHERE value > 2) / sum(value)', [1, 2, 3])).toBe(0.5);
  });
});

describe('the deviation', () => {
  it('is right where values are large and close to one another', () => {
    const values = [4, 7, 13, 16].map((value) => value + 1e9);
    expect(aggregate('variance(value)', values)).toBeCloseTo(30, 9);
    expect(aggregate('variance_pop(value)', values, [1, 3])).toBeCloseTo(22.5, 9);
    expect(aggregate('stddev(value)', [5])).toBeNull();
    expect(aggregate('stddev_pop(value)', [5])).toBe(0);
  });
});

describe('sketches', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => (index * 7919) % 20_000);

  it('tell a percentile to within a hundredth of it, and the same however they were merged', () => {
    const straight = aggregate('percentile(value, 0.95)', many) as number;
    expect(Math.abs(straight / 19_000 - 1)).toBeLessThan(0.01);
    expect(aggregate('percentile(value, 0.95)', many, [10, 300, 15_000])).toBe(straight);
  });

  it.each([
    ['spread evenly', (u: number) => u * 1000],
    ['over many magnitudes', (u: number) => 10 ** (12 * u - 6)],
    ['on both sides of zero', (u: number) => Math.sign(u - 0.3) * (u - 0.3) ** 2 * 1e6],
    ['with a long tail', (u: number) => -Math.log(1 - u)],
  ])('tell every percentile to within the stated error, of values %s', (_, valueAt) => {
    const values = many.slice(0, 5000).map((n) => valueAt((n + 0.5) / 20_000));
    const sorted = values.toSorted((one, other) => one - other);
    for (const p of [0, 0.001, 0.1, 0.25, 0.3, 0.5, 0.75, 0.9, 0.99, 0.999, 1]) {
      const told = aggregate(`percentile(value, ${p})`, values, [100, 3000]) as number;
      const rank = p * (sorted.length - 1);
      const [below, above] = [sorted[Math.floor(rank)]!, sorted[Math.ceil(rank)]!];
      const exact = below + (above - below) * (rank % 1);
      const error = Math.abs(told - exact) / Math.max(Math.abs(below), Math.abs(above));
      expect(error, `the fraction ${p}`).toBeLessThanOrEqual(RELATIVE_ERROR + 1e-9);
    }
  });

  it.each([
    ['apart', 1, 1e6],
    ['on both sides of zero', -1e6, 1e6],
    ['further from each other than any double', -1.7e308, 1.7e308],
    ['at zero and far from it', 0, 1e-6],
  ])('tell what lies between two clusters of values %s', (_, low, high) => {
    const values = Array.from({ length: 600 }, (_, n) => (n % 2 === 0 ? low : high));
    for (const p of [0.25, 0.4995, 0.5, 0.5005, 0.75]) {
      const share = Math.min(1, Math.max(0, p * 599 - 299));
      const told = aggregate(`percentile(value, ${p})`, values, [200]) as number;
      const exact = low * (1 - share) + high * share;
      expect(Math.abs(told / high - exact / high), `the fraction ${p}`).toBeLessThan(RELATIVE_ERROR + 1e-9);
    }
  });

  it.each([50, 500, 5000])('count %i different values with the stated standard error', (count) => {
    const sets = 60;
    let squares = 0;
    for (let set = 0; set < sets; set++) {
      const values = Array.from({ length: count }, (_, index) => `${set}:${index}`);
      squares += ((aggregate('approx_count_distinct(value)', values) as number) / count - 1) ** 2;
    }
    // The error of sixty sets is itself known to within a quarter.
    expect(Math.sqrt(squares / sets)).toBeLessThan(1.25 * STANDARD_ERROR);
  });

  it('count different values to within some standard errors, and the same however they were merged', () => {
    const straight = aggregate('approx_count_distinct(value)', [...many, ...many]) as number;
    expect(Math.abs(straight / 20_000 - 1)).toBeLessThan(0.05);
    expect(aggregate('approx_count_distinct(value)', many, [1, 100, 9999])).toBe(straight);
  });
});

describe('what a call takes', () => {
  it.each([
    ['percentile(value, 2)', 'must be a number from 0 to 1'],
    ['percentile(value, value)', 'must be a number from 0 to 1'],
    ['top_k(value, 0)', 'must be a whole number from 1 on'],
    ['first(DISTINCT value)', 'takes no DISTINCT'],
    ['sum(value) + other', '"other" is not the same for all events'],
  ])('%s is refused', (text, reason) => {
    expect(() => compileFormula(text, new Aggregates(), { fields: [] })).toThrow(reason);
  });

  it('is an event that can not be added, or nothing of it', () => {
    const aggregates = new Aggregates();
    const result = compileFormula('sum(value) + 0 * count(*)', aggregates, { fields: [] });
    const slots = aggregates.create();
    for (const event of eventsOf([1, 'two', 3] as Value[])) {
      try {
        aggregates.read(event);
        aggregates.add(slots, event);
      } catch {}
    }
    expect(result(slots, {})).toBe(4);
  });
});
