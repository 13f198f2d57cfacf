import { expect, it } from 'vitest';
import { runBursts } from './campaign.ts';

it('each burst of clicks is seen once, wherever it lies, in batches and killed again and again too', async () => {
  const { expected, straight, inBatches, killed } = await runBursts(100, 1);
  expect(expected.length).toBeGreaterThan(50);
  expect(straight).toEqual(expected);
  expect(inBatches).toEqual(expected);
  expect(killed).toEqual(expected);
}, 180_000);
