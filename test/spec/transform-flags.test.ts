import { expect, test } from 'vitest';
import { jobFromFlags } from '../../src/spec/load.ts';
import { complaints } from './read.ts';

const ends = { from: ['-'], to: ['-'] };
const options = { environment: {}, directory: '/here' };

const stepsOf = (flags: Record<string, string | string[]>) =>
  jobFromFlags('transform', { ...ends, ...flags }, options).operators[0]!.options.steps;

test('rows are looked up first, then fields are set, and a module comes behind', () => {
  const lookup = [
    'user=cassandra://h:9043/app.users?key=user_id&on_miss=drop',
    'city=sqlite:geo.db?key=user.city&ttl=1h&cache=5#cities',
    'plan=file:plans.csv?key=user.plan&by=name',
  ];
  const steps = stepsOf({ lookup, set: ['double=v * 2'], module: ['./price.ts'], drop: ['user'] });
  expect(steps).toMatchObject([
    {
      lookup: {
        into: 'user',
        via: 'cassandra',
        contact_points: ['h:9043'],
        table: 'app.users',
        key: 'user_id',
        on_miss: 'drop',
      },
    },
    {
      lookup: {
        into: 'city',
        via: 'sqlite',
        path: '/here/geo.db',
        table: 'cities',
        key: 'user.city',
        ttl: 3_600_000,
        cache: 5,
      },
    },
    { lookup: { into: 'plan', via: 'file', path: '/here/plans.csv', by: 'name', on_miss: 'null' } },
    { set: { double: 'v * 2' } },
    { module: '/here/price.ts' },
    { drop: ['user'] },
  ]);
});

const users = ['user=file:users.csv?key=user_id&by=id', 'plan=file:plans.csv?key=user.plan&by=name'];

test('a condition on what is looked up stands behind the lookups, any other one before them', () => {
  const where = "plan.tier = 'gold' AND value > 1";
  const steps = stepsOf({ lookup: users, where, drop: ['plan'] }) as object[];
  expect(steps.map((step) => Object.entries(step).filter(([name]) => name !== 'lookup'))).toEqual([
    [],
    [],
    [['filter', where]],
    [['drop', ['plan']]],
  ]);
  const { operators } = jobFromFlags('transform', { ...ends, lookup: users, where: 'value > 1' }, options);
  expect(operators.map(({ name }) => name)).toEqual(['source_where', 'transform']);
});

test('a field that is set twice is set in that order', () => {
  expect(stepsOf({ set: ['v=v * 2', 'v=v + 1'] })).toEqual([
    { set: { v: 'v * 2' } },
    { set: { v: 'v + 1' } },
  ]);
});

test('columns are told apart by the commas outside of parentheses', () => {
  expect(stepsOf({ select: ['id, round(value, 2) AS value', 'user.city'] })).toMatchObject([
    { select: ['id', 'round(value, 2) AS value', 'user.city'] },
  ]);
});

test.each([
  ['user', '--lookup: "user" is no name=value; for example --lookup user=sqlite:users.db?key=user_id#users'],
  [
    'user=redis://h/users',
    "--lookup: nothing can be looked up in redis; for example --lookup 'user=sqlite:users.db?key=user_id#users'",
  ],
  [
    'user=cassandra://h/app.users?key=user_id&path=users.db',
    '--lookup: the option "path" does not go with the others here; sluice components transform has them all',
  ],
  ['user=file:users.csv?by=id', '--lookup: "key" is missing; it is what the row is found by'],
])('a lookup that is wrong is refused: %s', (lookup, line) => {
  expect(complaints(() => stepsOf({ lookup: [lookup] }))).toEqual([line]);
});
