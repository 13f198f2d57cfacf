import { describe, expect, it } from 'vitest';
import { planJob } from '../../src/plan/plan.ts';
import { jobFromFlags } from '../../src/spec/load.ts';
import { complaints } from './read.ts';

type Flags = Readonly<Record<string, string | readonly string[]>>;

const from = ['orders=orders.jsonl', 'users=users.jsonl'];
const on = 'orders.user_id = users.id';

function plan(flags: Flags) {
  return planJob(jobFromFlags('join', { from, to: ['-'], time: 'at', ...flags }, { environment: {} }));
}

describe('the flags of a join', () => {
  it('are the options of one operator that reads the sources in their order', () => {
    const { spec } = plan({
      on,
      window: '5m',
      type: 'left',
      select: ['orders.id, users.name AS user', 'users.age'],
    });
    expect(spec.operators).toMatchObject([
      {
        name: 'join',
        type: 'join',
        from: ['orders', 'users'],
        options: {
          on,
          window: 300_000,
          join_type: 'left',
          select: ['orders.id', 'users.name AS user', 'users.age'],
        },
      },
    ]);
  });

  it('may be a key that all sources have, of three sources too', () => {
    const { spec } = plan({ from: [...from, 'clicks=clicks.jsonl'], key: ['user_id'], tumbling: '1m' });
    expect(spec.operators[0]).toMatchObject({
      from: ['orders', 'users', 'clicks'],
      key: ['user_id'],
      options: { tumbling: 60_000, join_type: 'inner' },
    });
  });

  it.each([
    ['as-of', 'inner'],
    ['left-as-of', 'left'],
  ])('%s finds the newest row before', (type, join_type) => {
    const { spec } = plan({ on, type, ttl: '1h' });
    expect(spec.operators[0]!.options).toMatchObject({ as_of: true, join_type, ttl: 3_600_000 });
  });

  it('filter what comes out of the join by fields named with their inputs, and select behind', () => {
    const where = 'orders.amount > 5 AND users.age > 18';
    const { spec } = plan({ on, window: '5m', type: 'left', where, select: ['orders.id, users.name'] });
    expect(spec.operators).toMatchObject([
      { name: 'join', from: ['orders', 'users'], options: { join_type: 'left' } },
      {
        name: 'join_where',
        from: ['join'],
        options: { steps: [{ filter: where }, { select: ['orders.id', 'users.name'] }] },
      },
    ]);
    expect(spec.operators[0]!.options.select).toBeUndefined();
    expect(spec.sinks[0]!.from).toEqual(['join_where']);
  });

  it('filter the events of each source by fields named without', () => {
    const { spec } = plan({ on, window: '5m', where: 'amount > 5' });
    expect(spec.operators.map(({ name }) => name)).toEqual(['orders_where', 'users_where', 'join']);
  });

  it.each<[Flags, string]>([
    [
      { on, window: '5m', where: 'orders.amount > 5 AND status = 1' },
      '--where: "status" is no input of the join; name its input: orders.status',
    ],
    [{ from: ['a=a.jsonl'], on, window: '5m' }, 'sluice join: a second --from is missing'],
    [{ window: '5m' }, "sluice join: --on is missing; for example --on 'orders.user_id = users.id'"],
    [{ on }, 'sluice join: one of --window, --tumbling and --type as-of is missing; for example --window 5m'],
    [
      { from: ['a=a.jsonl'] },
      "sluice join: a second --from; --on; one of --window, --tumbling and --type as-of are missing; for example --from orders=orders.jsonl --from users=users.jsonl --on 'orders.user_id = users.id' --window 5m",
    ],
    [{ on, window: '5m', tumbling: '5m' }, '--tumbling: a join goes either by window or by tumbling'],
    [{ on, window: '0' }, '--window: must be longer than 0, not "0"'],
    [{ on, window: '5m', ttl: '5m' }, '--ttl: is for as_of only'],
    [
      { on: 'order.user_id = users.id', window: '5m' },
      '"order" is no input of the join; did you mean "orders"?',
    ],
    [
      { on: 'orders.a > users.b', window: '5m' },
      'nothing that is equal ties "users" to the inputs before it',
    ],
    [
      { on, window: '5m', select: ['orders.id, users.id'] },
      'orders.id and users.id are both called "id"; name one of them: users.id AS users_id',
    ],
  ])('%j is refused with the way out', (flags, line) => {
    expect(complaints(() => plan(flags))).toEqual([expect.stringContaining(line)]);
  });
});
