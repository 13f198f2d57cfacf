import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyedState } from '../../src/state/keyed-state.ts';

interface Box {
  count: number;
}

function boxes(): KeyedState<Box> {
  return new KeyedState<Box>({ clone: ({ count }) => ({ count }) });
}

describe('a keyed state', () => {
  it('freezes what was set and edited since it was last frozen, and nothing else', () => {
    const state = boxes();
    state.set('a', { count: 1 });
    state.set('b', { count: 2 });
    expect(state.freeze()).toEqual([
      ['a', { count: 1 }],
      ['b', { count: 2 }],
    ]);
    state.edit('b')!.count++;
    expect(state.get('a')).toEqual({ count: 1 });
    expect(state.freeze()).toEqual([['b', { count: 3 }]]);
    expect(state.freeze()).toEqual([]);
  });

  it('names a changed key once, however often it changed', () => {
    const state = boxes();
    state.set('a', { count: 1 });
    state.edit('a')!.count++;
    state.set('a', { count: 5 });
    expect(state.freeze()).toEqual([['a', { count: 5 }]]);
  });

  it('leaves frozen values as they were while it goes on', () => {
    const state = boxes();
    state.set('a', { count: 1 });
    const frozen = state.freeze();
    state.edit('a')!.count = 2;
    expect(frozen).toEqual([['a', { count: 1 }]]);
  });

  it('lets a value be changed in place until the next freeze, and tells by the interval when that was', () => {
    const state = boxes();
    state.set('a', { count: 0 });
    state.freeze();
    const held = state.edit('a')!;
    const { interval } = state;
    held.count = 7;
    expect(state.interval).toBe(interval);
    const frozen = state.freeze();
    expect(state.interval).not.toBe(interval);
    expect(state.edit('a')).not.toBe(held);
    expect(frozen).toEqual([['a', { count: 7 }]]);
  });

  it('does not copy what no checkpoint is reading', () => {
    let copies = 0;
    const state = new KeyedState<Box>({
      clone(value) {
        copies++;
        return { ...value };
      },
    });
    state.restore('a', { count: 1 });
    state.edit('a')!.count++;
    state.edit('a')!.count++;
    expect(copies).toBe(0);
    state.freeze();
    state.freeze();
    state.edit('a')!.count++;
    expect(copies).toBe(0);
  });

  it('reports a removed key that a checkpoint knows', () => {
    const state = boxes();
    state.restore('a', { count: 1 });
    state.set('b', { count: 1 });
    state.freeze();
    state.delete('a');
    state.delete('b');
    expect(state.freeze()).toEqual([
      ['a', undefined],
      ['b', undefined],
    ]);
  });

  it('says nothing of a key that came and went between two checkpoints', () => {
    const state = boxes();
    state.set('a', { count: 1 });
    state.delete('a');
    expect(state.freeze()).toEqual([]);
  });

  it('reports the removal of a known key that came back and went again', () => {
    const state = boxes();
    state.restore('a', { count: 1 });
    state.delete('a');
    state.set('a', { count: 2 });
    state.delete('a');
    expect(state.freeze()).toEqual([['a', undefined]]);
  });

  it('is, restored from all that was ever frozen, what it was', () => {
    const step = fc.record({
      action: fc.constantFrom('set', 'edit', 'delete', 'freeze'),
      key: fc.constantFrom('a', 'b', 'c'),
      count: fc.nat(100),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const state = boxes();
        const stored = new Map<string, Buffer>();
        let saving: ReturnType<typeof state.freeze> = [];
        const save = () => {
          for (const [key, value] of saving) {
            if (value === undefined) stored.delete(key);
            else stored.set(key, serialize(value));
          }
        };
        for (const { action, key, count } of steps) {
          if (action === 'set') state.set(key, { count });
          else if (action === 'delete') state.delete(key);
          else if (action === 'edit') {
            const box = state.edit(key);
            if (box !== undefined) box.count += count;
          } else {
            // The checkpoint before is written only now: what was frozen must not have changed meanwhile.
            save();
            saving = state.freeze();
          }
        }
        save();
        saving = state.freeze();
        save();
        const restored = boxes();
        for (const [key, value] of stored) restored.restore(key, deserialize(value));
        const sorted = (entries: Iterable<readonly [string, Box]>) =>
          [...entries].toSorted(([one], [other]) => (one < other ? -1 : 1));
        expect(sorted(restored.entries())).toEqual(sorted(state.entries()));
      }),
      { numRuns: 500 },
    );
  });
});
