import { describe, expect, it } from 'vitest';
import { planJob } from '../../src/plan/plan.ts';
import { jobFromFlags } from '../../src/spec/load.ts';

function plan(flags: Record<string, string | readonly string[]>) {
  return planJob(
    jobFromFlags('window', { from: ['-'], to: ['-'], time: 'at', ...flags }, { environment: {} }),
  );
}

const agg = ['n=count(*)'];

describe('the flags of a window', () => {
  it('are the options of one operator', () => {
    const { spec } = plan({
      sliding: '1h',
      every: '5m',
      key: ['a, coalesce(b, c) AS d', 'e'],
      agg: ['n=count(*)', 'm=avg(x)'],
      'allowed-lateness': '1m',
      having: 'n > 1',
    });
    expect(spec.operators[0]).toMatchObject({
      name: 'window',
      type: 'window',
      key: ['a', 'coalesce(b, c) AS d', 'e'],
      options: {
        sliding: 3_600_000,
        every: 300_000,
        allowed_lateness: 60_000,
        having: 'n > 1',
        aggregations: { n: 'count(*)', m: 'avg(x)' },
      },
    });
  });

  it('give a sink the key fields and window_start for its key', () => {
    const { sinks } = plan({ tumbling: '5m', key: ['user.city', 'lower(b) AS c'], agg });
    expect(sinks[0]!.spec.key).toEqual(['city', 'c', 'window_start']);
    expect(sinks[0]!.fields).toEqual({
      city: 'text',
      c: 'text',
      window_start: 'time',
      window_end: 'time',
      n: 'integer',
    });
  });

  it.each<[Record<string, string | readonly string[]>, string]>([
    [{ agg }, '--tumbling, --sliding or --session is missing'],
    [{ tumbling: '5m' }, '--agg is missing'],
    [{ tumbling: '5m', agg: ['n'] }, '"n" is no name=value'],
    [{ tumbling: '5m', agg: ['n=value'] }, 'this aggregates nothing'],
    [{ tumbling: '5m', agg: ['n=cuont(*)'] }, 'unknown function "cuont"'],
    [{ tumbling: '0', agg }, 'must be longer than 0, not "0"'],
    [{ tumbling: '5m', session: '1m', agg }, 'a window is either tumbling or session'],
    [{ sliding: '1h', agg }, '--every is missing'],
    [{ sliding: '1h', every: '2h', agg }, 'must not be longer than the window'],
    [{ session: '1h', every: '2m', agg }, 'is for sliding windows only'],
    [{ tumbling: '5m', key: ['page'], agg: ['page=count(*)'] }, '"page" is a field of the result already'],
    [{ tumbling: '5m', key: ['a.id,b.id'], agg }, 'two key fields are called "id"'],
    [{ tumbling: '5m', key: ['lower('], agg }, 'expected an expression'],
    [{ tumbling: '5m', key: ['a AS b c'], agg }, 'goes on after its expression'],
    [{ tumbling: '5m', agg: ['n=count(*) + page'] }, '"page" is not the same for all events'],
  ])('%j is refused: %s', (flags, reason) => {
    expect(() => plan(flags)).toThrow(reason);
  });
});
