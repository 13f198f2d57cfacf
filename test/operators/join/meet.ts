import { joinOperator } from '../../../src/operators/join/definition.ts';
import { type Emitted, Harness } from '../harness.ts';

/** A join of orders and users by `user` and `id`, unless told otherwise; the watermark of each input is its newest time. */
export function joinOf(options: Record<string, unknown>, inputs = ['orders', 'users']): Promise<Harness> {
  const on = inputs.length === 2 ? { on: 'orders.user = users.id' } : {};
  return Harness.of(joinOperator, { options: { ...on, ...options }, inputs });
}

/** `@7 orders.n=1 users.n=2`: the result's time, and what met; `-` for nobody. */
export function lineOf({ time, value }: Emitted): string {
  const met = Object.entries(value).map(([input, row]) => {
    const n = (row as { n?: number } | null)?.n;
    return `${input}=${n ?? '-'}`;
  });
  return [`@${time}`, ...met].join(' ');
}
