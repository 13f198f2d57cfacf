import type { UserContext, UserState } from '../../src/operators/process/module.ts';

const BUCKET = 10_000;

/** Counts a user's visits one by one, and ten seconds of them together when these are over. */
export function process(
  user: string,
  { n, price, at }: { n: number; price: string; at: number },
  state: UserState,
  ctx: UserContext,
): object {
  if (price === 'none') throw new Error('a visit without a price');
  const visits = ((state.get('visits') as number | undefined) ?? 0) + 1;
  state.set('visits', visits);
  const end = (Math.floor(at / BUCKET) + 1) * BUCKET;
  const bucket = (state.get(String(end)) as { visits: number; spent: number } | undefined) ?? {
    visits: 0,
    spent: 0,
  };
  bucket.visits++;
  bucket.spent += Number(price);
  state.set(String(end), bucket);
  ctx.timer(end);
  return { user, n, visits, spent: Number(price) };
}

export function timer(user: string, at: number, state: UserState): object {
  const bucket = state.get(String(at)) as object;
  state.delete(String(at));
  return { user, n: -at, ...bucket };
}
