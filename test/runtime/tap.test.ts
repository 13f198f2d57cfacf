import { describe, expect, test } from 'vitest';
import { Event } from '../../src/event.ts';
import { TapPoint, tapAt } from '../../src/runtime/tap.ts';

function event(n: number): Event {
  const records = { partition: '0', length: 1, text: () => null, raw: () => null } as never;
  return new Event({ n }, null, { source: 's', records, readAt: 0 }, 0);
}

/** Looks at so many events, and then wants no more. */
function looker(most: number) {
  const seen: unknown[] = [];
  const look = ({ value }: Event) => seen.push(value!.n) < most;
  return { seen, look };
}

describe('taps of one place', () => {
  function place() {
    const point = new TapPoint({ node: 'views', port: null });
    const emit = (...numbers: number[]) => {
      for (const n of numbers) point.receive(event(n));
    };
    return { point, emit };
  }

  test('show nothing before they look', () => {
    const { point, emit } = place();
    const { seen, look } = looker(9);
    const tapping = tapAt([point], look);
    emit(1, 2);
    expect([seen, tapping.passed]).toEqual([[], 2]);
    tapping.look();
    emit(3);
    expect([seen, tapping.passed]).toEqual([[3], 3]);
  });

  test('are not asked again when they want no more, until they look again; the others see on', () => {
    const { point, emit } = place();
    const [few, all] = [looker(2), looker(9)];
    const [one, other] = [tapAt([point], few.look), tapAt([point], all.look)];
    one.look();
    other.look();
    emit(1, 2, 3, 4);
    expect([few.seen, all.seen]).toEqual([
      [1, 2],
      [1, 2, 3, 4],
    ]);
    one.look();
    emit(5, 6);
    expect([few.seen, all.seen]).toEqual([
      [1, 2, 5],
      [1, 2, 3, 4, 5, 6],
    ]);
    expect([one.passed, other.passed]).toEqual([6, 6]);
  });

  test('see an event once, however often they ask', () => {
    const { point, emit } = place();
    const { seen, look } = looker(9);
    const tapping = tapAt([point], look);
    tapping.look();
    tapping.look();
    emit(1);
    expect(seen).toEqual([1]);
  });

  test('count what passed at all their points since they came', () => {
    const [one, other] = [place(), place()];
    one.emit(1, 2);
    const tapping = tapAt([one.point, other.point], looker(0).look);
    one.emit(3);
    other.emit(4, 5);
    expect(tapping.passed).toBe(3);
  });

  test('that want no more at one point want no more at the others', () => {
    const [one, other] = [place(), place()];
    const { seen, look } = looker(1);
    tapAt([one.point, other.point], look).look();
    one.emit(1);
    other.emit(2);
    one.emit(3);
    expect(seen).toEqual([1]);
  });

  test('see nothing after they stopped, and say that they left', () => {
    const { point, emit } = place();
    const [gone, stays] = [looker(9), looker(9)];
    const left: number[] = [];
    const tapping = tapAt([point], gone.look, ({ taps }) => left.push(taps));
    const staying = tapAt([point], stays.look);
    tapping.look();
    staying.look();
    emit(1);
    tapping.stop();
    emit(2);
    expect([gone.seen, stays.seen, left]).toEqual([[1], [1, 2], [1]]);
  });
});
