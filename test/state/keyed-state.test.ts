import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeyedEntry, KeyedState, type StateChange } from '../../src/state/keyed-state.ts';

interface Box {
  count: number;
}

function boxes(): KeyedState<Box> {
  return new KeyedState<Box>({ clone: ({ count }) => ({ count }) });
}

/** What a list holds, as pairs. */
function pairs(changes: readonly StateChange[]) {
  return changes.map(({ key, value }) => [key, value]);
}

function frozen(state: KeyedState<Box>) {
  return pairs(state.freeze());
}

function byKey(state: KeyedState<Box>) {
  return {
    set: (key: string, box: Box) => state.set(key, box),
    edit: (key: string) => state.edit(key),
    remove: (key: string) => state.delete(key),
  };
}

/** Holds on to the entries, as windows do. */
function byEntry(state: KeyedState<Box>) {
  const entries = new Map<string, KeyedEntry<Box>>();
  const remove = (key: string) => {
    const entry = entries.get(key);
    if (entry !== undefined) state.deleteEntry(entry);
    entries.delete(key);
  };
  return {
    remove,
    set(key: string, box: Box) {
      remove(key);
      entries.set(key, state.add(key, box));
    },
    edit(key: string) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      state.editEntry(entry);
      return entry.value;
    },
  };
}

describe('a keyed state', () => {
  it('freezes what was set and edited since it was last frozen, and nothing else', () => {
    const state = boxes();
    state.set('a', { count: 1 });
    state.set('b', { count: 2 });
    expect(frozen(state)).toEqual([
      ['a', { count: 1 }],
      ['b', { count: 2 }],
    ]);
    state.edit('b')!.count++;
    expect(state.get('a')).toEqual({ count: 1 });
    expect(frozen(state)).toEqual([['b', { count: 3 }]]);
    expect(frozen(state)).toEqual([]);
  });

  it('names a changed key once, however often it changed', () => {
    const state = boxes();
    state.set('a', { count: 1 });
    state.edit('a')!.count++;
    state.set('a', { count: 5 });
    expect(frozen(state)).toEqual([['a', { count: 5 }]]);
  });

  it('leaves frozen values as they were while it goes on', () => {
    const state = boxes();
    state.set('a', { count: 1 });
    state.set('b', { count: 1 });
    const taken = state.freeze();
    state.edit('a')!.count = 2;
    state.set('b', { count: 2 });
    expect(pairs(taken)).toEqual([
      ['a', { count: 1 }],
      ['b', { count: 1 }],
    ]);
    expect(frozen(state)).toEqual([
      ['a', { count: 2 }],
      ['b', { count: 2 }],
    ]);
  });

  it('lets a value be changed in place until the next freeze, and tells by the interval when that was', () => {
    const state = boxes();
    state.set('a', { count: 0 });
    state.freeze();
    const held = state.edit('a')!;
    const { interval } = state;
    held.count = 7;
    expect(state.interval).toBe(interval);
    const taken = state.freeze();
    expect(state.interval).not.toBe(interval);
    state.edit('a')!.count = 8;
    expect(pairs(taken)).toEqual([['a', { count: 7 }]]);
  });

  it('does not copy what no checkpoint is reading', () => {
    let copies = 0;
    const state = new KeyedState<Box>({
      clone(value) {
        copies++;
        return { ...value };
      },
    });
    state.restore(['a'], () => [{ count: 1 }]);
    state.edit('a')!.count++;
    state.edit('a')!.count++;
    expect(copies).toBe(0);
    state.freeze();
    state.saved();
    state.edit('a')!.count++;
    expect(copies).toBe(0);
    state.freeze();
    state.freeze();
    state.edit('a')!.count++;
    expect(copies).toBe(0);
    state.freeze();
    state.edit('a')!.count++;
    state.edit('a')!.count++;
    expect(copies).toBe(1);
  });

  it('reports a removed key that a checkpoint knows', () => {
    const state = boxes();
    state.restore(['a'], () => [{ count: 1 }]);
    state.set('b', { count: 1 });
    state.freeze();
    state.delete('a');
    state.delete('b');
    expect(frozen(state)).toEqual([
      ['a', undefined],
      ['b', undefined],
    ]);
  });

  it('says nothing of a key that came and went between two checkpoints', () => {
    const state = boxes();
    state.set('a', { count: 1 });
    state.delete('a');
    expect(frozen(state)).toEqual([]);
  });

  it('reports the removal of a known key that came back and went again', () => {
    const state = boxes();
    state.restore(['a'], () => [{ count: 1 }]);
    state.delete('a');
    state.set('a', { count: 2 });
    state.delete('a');
    expect(frozen(state)).toEqual([['a', undefined]]);
  });

  it('is put back from the newest on, and reads no values of which it needs none', () => {
    const state = boxes();
    const unread = () => {
      throw new Error('read in vain');
    };
    state.restore(['a', 'b'], () => [{ count: 3 }, undefined]);
    state.restore(['b', 'a'], unread);
    state.restore(['c', 'a', 'b'], () => [{ count: 1 }, { count: 1 }, { count: 1 }]);
    expect([...state.entries()]).toEqual([
      ['a', { count: 3 }],
      ['c', { count: 1 }],
    ]);
    expect(frozen(state)).toEqual([]);
  });

  it('sweeps over every key in turn, as many at a time as changed', () => {
    const state = boxes();
    state.restore(['a', 'b', 'c', 'd', 'e'], () => Array.from({ length: 5 }, () => ({ count: 0 })));
    const sweep = (...changed: string[]) => {
      for (const key of changed) state.edit(key)!.count++;
      const turned = state.sweep();
      return { turned, keys: state.freeze().map(({ key }) => key) };
    };
    expect(sweep('e')).toEqual({ turned: false, keys: ['e', 'a'] });
    expect(sweep('e', 'd')).toEqual({ turned: false, keys: ['e', 'd', 'b', 'c'] });
    expect(sweep()).toEqual({ turned: false, keys: ['d'] });
    expect(sweep('a', 'b')).toEqual({ turned: true, keys: ['a', 'b', 'e'] });
    expect(sweep('c')).toEqual({ turned: false, keys: ['c', 'a'] });
  });

  it('leaves a swept value as it was frozen', () => {
    const state = boxes();
    state.restore(['a'], () => [{ count: 1 }]);
    state.set('b', { count: 1 });
    state.sweep();
    const taken = state.freeze();
    state.edit('a')!.count = 9;
    expect(pairs(taken)).toEqual([
      ['b', { count: 1 }],
      ['a', { count: 1 }],
    ]);
  });

  it.each(['by key', 'by entry'])('is, restored from all that was ever frozen, what it was: %s', (way) => {
    const step = fc.record({
      action: fc.constantFrom('set', 'edit', 'delete', 'freeze', 'save'),
      key: fc.constantFrom('a', 'b', 'c'),
      count: fc.nat(100),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const state = boxes();
        const { set, edit, remove } = way === 'by key' ? byKey(state) : byEntry(state);
        const stored: { keys: string[]; values: Buffer }[] = [];
        let saving: readonly StateChange[] | undefined;
        // Written only some time after it was frozen: it must not have changed meanwhile.
        const save = () => {
          if (saving === undefined) return;
          const values = serialize(saving.map(({ value }) => value));
          stored.unshift({ keys: saving.map(({ key }) => key), values });
          saving = undefined;
          state.saved();
        };
        for (const { action, key, count } of steps) {
          if (action === 'set') set(key, { count });
          else if (action === 'delete') remove(key);
          else if (action === 'edit') {
            const box = edit(key);
            if (box !== undefined) box.count += count;
          } else {
            save();
            if (action === 'save') continue;
            if (count % 2 === 0) state.sweep();
            saving = state.freeze();
          }
        }
        save();
        saving = state.freeze();
        save();
        const restored = boxes();
        for (const { keys, values } of stored) restored.restore(keys, () => deserialize(values));
        const sorted = (entries: Iterable<readonly [string, Box]>) =>
          [...entries].toSorted(([one], [other]) => (one < other ? -1 : 1));
        expect(sorted(restored.entries())).toEqual(sorted(state.entries()));
      }),
      { numRuns: 500 },
    );
  });
});
