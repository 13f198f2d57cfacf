import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { Bell } from '../../src/runtime/bell.ts';

describe('the bell', () => {
  it.each([
    ['a deadline that has passed', () => {}],
    ['a ring before each wait', (bell: Bell) => bell.ring()],
  ])('lets I/O have its turn in spite of %s', async (_name, before) => {
    const bell = new Bell(systemClock);
    let turns = 0;
    let turned = false;
    setImmediate(() => {
      turned = true;
    });
    while (!turned && turns < 1000) {
      before(bell);
      await bell.wait(0);
      turns++;
    }
    expect(turned).toBe(true);
  });

  it('does not lose a ring that came before the wait', async () => {
    const bell = new Bell(systemClock);
    bell.ring();
    const began = performance.now();
    await bell.wait(60_000);
    expect(performance.now() - began).toBeLessThan(30_000);
  });
});
