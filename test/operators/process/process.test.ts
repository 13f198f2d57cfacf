import { describe, expect, it } from 'vitest';
import type { Harness } from '../harness.ts';
import { processOf } from './run.ts';

const values = (harness: Harness) => harness.emitted.map(({ value }) => value);
const refusals = (harness: Harness) => harness.rejected.map(({ error }) => `${error.code}: ${error.message}`);
const failureOf = (text: string) =>
  processOf(text).then(
    () => undefined,
    (error) => `${error.message} (${error.hint})`,
  );

describe("a module's process", () => {
  it('is given the key, the event, what it keeps of the key, and the time', async () => {
    const harness = await processOf(`
      export function process(key, event, state, ctx) {
        const seen = state.get('seen') ?? 0;
        state.set('seen', seen + 1);
        return { key, v: event.v, seen, time: ctx.time, watermark: ctx.watermark };
      }`);
    harness.push({ user: 'ann', v: 1 }, 5);
    harness.push({ user: 'bob', v: 2 }, 6);
    harness.push({ user: 'ann', v: 3 }, 7);
    expect(values(harness)).toEqual([
      { key: 'ann', v: 1, seen: 0, time: 5, watermark: Number.NEGATIVE_INFINITY },
      { key: 'bob', v: 2, seen: 0, time: 6, watermark: 4 },
      { key: 'ann', v: 3, seen: 1, time: 7, watermark: 5 },
    ]);
    expect(harness.emitted.map(({ id, time }) => [id, time])).toEqual([
      ['test:p:0#0', 5],
      ['test:p:1#0', 6],
      ['test:p:2#0', 7],
    ]);
  });

  it('is given several key fields as an object, and no key as null', async () => {
    const text = 'export const process = (key) => ({ key });';
    for (const [key, expected] of [
      [['user', 'v AS w'], { user: 'ann', w: 1 }],
      [[], null],
    ] as const) {
      const harness = await processOf(text, { key: [...key] });
      harness.push({ user: 'ann', v: 1 }, 5);
      expect(values(harness)).toEqual([{ key: expected }]);
    }
  });

  it('gives nothing, an event, a list of them, and whatever it emits before it returns', async () => {
    const harness = await processOf(`
      export default function (key, event, state, ctx) {
        for (const n of event.emit) ctx.emit({ n });
        return event.give;
      }`);
    const push = (emit: number[], give: unknown) => harness.push({ user: 'a', emit, give: give as never }, 1);
    push([], null);
    push([1, 2], null);
    push([3], { n: 4 });
    push([5], [{ n: 6 }, { n: 7 }]);
    expect(values(harness).map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(harness.passedOver).toHaveLength(1);
    expect(harness.emitted.at(-1)!.id).toBe('test:p:3#2');
  });

  it('may go on changing what it has given and what it was given', async () => {
    const harness = await processOf(`
      export function process(key, event, state) {
        const total = state.get('total') ?? { n: 0, events: [] };
        total.n += event.v;
        total.events.push(event);
        event.v = 'changed';
        state.set('total', total);
        return total;
      }`);
    const event = { user: 'ann', v: 1 };
    harness.push(event, 1);
    harness.push({ user: 'ann', v: 2 }, 2);
    expect(values(harness).map(({ n }) => n)).toEqual([1, 3]);
    expect(values(harness)[0]!.events).toHaveLength(1);
    expect(event).toEqual({ user: 'ann', v: 1 });
  });

  it('emits a value as it is at that moment, deep inside too', async () => {
    const harness = await processOf(`
      export function process(key, event, state, ctx) {
        const made = { n: 1, inside: { list: [1] } };
        ctx.emit(made);
        made.n = 2;
        made.inside.list.push(2);
        ctx.emit(made);
        made.n = 3;
      }`);
    harness.push({ user: 'ann' }, 1);
    expect(values(harness)).toEqual([
      { n: 1, inside: { list: [1] } },
      { n: 2, inside: { list: [1, 2] } },
    ]);
  });

  it('may be written in TypeScript', async () => {
    const text = 'export function process(key: string): { key: string } { return { key }; }';
    const harness = await processOf(text, { extension: 'ts' });
    harness.push({ user: 'ann' }, 1);
    expect(values(harness)).toEqual([{ key: 'ann' }]);
  });

  it('does not see what takes a result back', async () => {
    const harness = await processOf('export const process = (key) => ({ key });');
    harness.push({ user: 'ann' }, 1, { change: 'delete' });
    harness.push(null, 1);
    expect(harness.emitted).toEqual([]);
    expect(harness.passedOver).toHaveLength(2);
  });
});

describe('an event that the module throws at', () => {
  it('is refused with its words, and leaves nothing behind: no state, no timer, no event', async () => {
    const harness = await processOf(`
      export function process(key, { v }, state, ctx) {
        const before = state.get('v');
        state.set('v', v);
        ctx.timer(50);
        ctx.emit({ v });
        if (v < 0) throw new Error('below zero');
        return { before };
      }
      export const timer = (key, at) => ({ at });`);
    for (const v of [1, -1, 2]) harness.push({ user: 'ann', v }, 1);
    harness.push({ user: 'bob', v: -1 }, 1);
    expect(refusals(harness)).toEqual(['module: below zero', 'module: below zero']);
    expect(values(harness)).toEqual([{ v: 1 }, {}, { v: 2 }, { before: 1 }]);
    expect(harness.stateSizes).toEqual({ keys: 1 });
    harness.end();
    expect(values(harness).slice(4)).toEqual([{ at: 50 }]);
  });

  it.each([
    ['return 7', 'the module must give an object, a list of them or nothing, not a number'],
    ['return [{}, "x"]', 'the module must give an object, a list of them or nothing, not "x"'],
    ['return { m: new Map() }', "an event can't hold a value of the class Map"],
    ['return { f() {} }', "an event can't hold a function"],
    ['state.set("f", () => 1)', 'the state "f" must be data, not a function'],
    ['ctx.timer(NaN)', 'a timer needs a time in epoch ms, not NaN'],
    ['ctx.timer(1)', 'a timer is asked for, and the module exports no timer'],
  ])('is refused for what can not be taken: %s', async (body, message) => {
    const module = `export function process(key, event, state, ctx) { ${body} }`;
    const harness = await processOf(
      body.includes('NaN') ? `${module} export const timer = () => {};` : module,
    );
    harness.push({ user: 'ann' }, 1);
    expect(refusals(harness)).toEqual([`module: ${message}`]);
    expect(harness.emitted).toEqual([]);
  });

  it.each([
    ['{ f: () => 1 }', 'must be data, not a function'],
    ['[1, [Symbol("s")]]', 'must be data, not a symbol'],
    ['new Map([["m", new Set([new (class Seen {})()])]])', 'must be data, not a value of the class Seen'],
    ['Promise.resolve(1)', 'must be data, not a value of the class Promise'],
    ['(() => { const a = { b: [] }; a.b.push(a); return a; })()', "can't hold itself"],
    ['deep(501)', "can't be nested deeper than 500"],
    ['[() => 1, ...Array(1000).fill(0)]', 'must be data, not a function'],
  ])('is refused at once for state that no checkpoint can hold: %s', async (value, message) => {
    const harness = await processOf(`
      const deep = (depth) => depth === 0 ? 0 : [deep(depth - 1)];
      export function process(key, { bad }, state) {
        const before = state.get('x') ?? null;
        state.set('x', bad ? ${value} : 'good');
        return { before };
      }`);
    for (const bad of [false, true, false]) harness.push({ user: 'ann', bad }, 1);
    expect(refusals(harness)).toEqual([`module: the state "x" ${message}`]);
    expect(values(harness)).toEqual([{ before: null }, { before: 'good' }]);
  });

  it('is refused for what it adds to state that has been looked through before', async () => {
    const harness = await processOf(`
      export function process(key, { bad }, state) {
        const list = state.get('list') ?? Array(1000).fill({ n: 1 });
        list.push(bad ? { f: () => 1 } : { n: 1 });
        state.set('list', list);
      }`);
    for (const bad of [false, true]) harness.push({ user: 'ann', bad }, 1);
    const refusal = 'module: the state "list" must be data, not a function';
    expect(refusals(harness)).toEqual([refusal]);
    // It is still in there.
    for (let time = 2; time < 102; time++) harness.push({ user: 'ann', bad: false }, time);
    expect(refusals(harness)).toEqual(Array(101).fill(refusal));
  });

  it('is taken with state of any data', async () => {
    const harness = await processOf(`
      const data = () => ({ d: new Date(7), m: new Map([[{ k: 1 }, new Set([1n])]]), b: new Uint8Array([1]),
        u: undefined, n: null, r: /x/, deep: [{ list: [1, 'a', true] }], big: Array(100).fill({ a: 1 }) });
      export function process(key, { first }, state) {
        if (first) state.set('x', data());
        else return { same: JSON.stringify(state.get('x')) === JSON.stringify(data()), map: state.get('x').m.size };
      }`);
    harness.push({ user: 'ann', first: true }, 1);
    await harness.recover(harness.checkpoint());
    harness.push({ user: 'ann' }, 2);
    expect(values(harness)).toEqual([{ same: true, map: 1 }]);
  });

  it('is refused where its key can not be read', async () => {
    const harness = await processOf('export const process = (key) => ({ key });', { key: ['-user AS u'] });
    harness.push({ user: 'x' }, 1);
    expect(harness.rejected).toHaveLength(1);
    expect(harness.stateSizes).toEqual({ keys: 0 });
  });
});

describe('timers', () => {
  //  time   0         10        20
  //  ann    |1········|···
  //  timer         5·········15          fires when the watermark has come to it
  it('fire once, in the order of their times, before the events behind them', async () => {
    const harness = await processOf(`
      export function process(key, { at = [], cancel }, state, ctx) {
        for (const each of at) ctx.timer(each);
        if (cancel) ctx.cancel(cancel);
        return { event: ctx.time };
      }
      export function timer(key, at, state, ctx) { return { key, at, time: ctx.time }; }`);
    harness.push({ user: 'ann', at: [15, 5, 5, 8] }, 1);
    harness.push({ user: 'bob', at: [5], cancel: 8 }, 2);
    harness.push({ user: 'ann', cancel: 8 }, 3);
    harness.push({ user: 'x' }, 6);
    harness.push({ user: 'x' }, 7);
    harness.end();
    expect(values(harness).map(({ event, key, at }) => event ?? `${key}@${at}`)).toEqual([
      ...[1, 2, 3, 6],
      ...['ann@5', 'bob@5', 7, 'ann@15'],
    ]);
    expect(harness.emitted[4]).toMatchObject({ time: 5, id: 'node/5/"ann#0' });
    expect(harness.stateSizes).toEqual({ keys: 0 });
  });

  it('may ask for another', async () => {
    const harness = await processOf(`
      export const process = (key, event, state, ctx) => ctx.timer(10);
      export function timer(key, at, state, ctx) { if (at < 30) ctx.timer(at + 10); return { at }; }`);
    harness.push({ user: 'ann' }, 1);
    harness.push({ user: 'bob' }, 26);
    expect(values(harness).map(({ at }) => at)).toEqual([10, 10, 20, 20]);
    harness.end();
    expect(values(harness).map(({ at }) => at)).toEqual([10, 10, 20, 20, 30, 30]);
  });

  it.each([
    ['ctx.timer(at)', /timer fails: a timer can ask for a later time than its own only/],
    ['ctx.timer(at + 1)', /after the end of the input, timer asked 1000 times for one more/],
    [
      'ctx.timer(at * 2); ctx.timer(at * 2 + 1)',
      /after the end of the input, timer asked 30000 times for one more/,
    ],
    ['throw new Error("no")', /timer fails: no/],
    ['return 7', /timer fails: the module must give an object/],
  ])('that never end, or fail, end the job: %s', async (body, message) => {
    const harness = await processOf(`
      export const process = (key, event, state, ctx) => ctx.timer(10);
      export function timer(key, at, state, ctx) { ${body} }`);
    harness.push({ user: 'ann' }, 1);
    expect(() => harness.end()).toThrow(message);
  });

  it('may be as many as they like at the end, if each comes to an end', async () => {
    const harness = await processOf(`
      export const process = (key, event, state, ctx) => ctx.timer(ctx.time + 10_000);
      export function timer(key, at, state, ctx) {
        if (at < 20_000) ctx.timer(at + 10_000);
        return { at, last: ctx.watermark === Infinity };
      }`);
    for (let time = 0; time < 2000; time++) harness.push({ user: 'ann' }, time);
    harness.end();
    const found = values(harness);
    expect(found).toHaveLength(4000);
    expect(found.every(({ last }) => last)).toBe(true);
    expect(harness.stateSizes).toEqual({ keys: 0 });
  });

  it('and state are there after a crash, as they were', async () => {
    const harness = await processOf(`
      export function process(key, event, state, ctx) {
        const seen = [...(state.get('seen') ?? []), event.v];
        state.set('seen', seen);
        ctx.timer(event.v * 10);
      }
      export function timer(key, at, state) {
        const seen = state.get('seen');
        if (seen.length * 10 === at) state.delete('seen');
        return { key, at, seen };
      }`);
    harness.push({ user: 'ann', v: 1 }, 1);
    harness.push({ user: 'bob', v: 1 }, 1);
    harness.push({ user: 'ann', v: 2 }, 2);
    const saved = harness.checkpoint();
    harness.push({ user: 'ann', v: 3 }, 15);
    await harness.recover(saved);
    harness.end();
    expect(values(harness)).toEqual([
      { key: 'ann', at: 10, seen: [1, 2] },
      { key: 'bob', at: 10, seen: [1] },
      { key: 'ann', at: 20, seen: [1, 2] },
    ]);
    expect(harness.stateSizes).toEqual({ keys: 0 });
  });
});

describe('a module that can not be used', () => {
  it.each([
    ['export const x = 1;', /^the module exports no function process \(write export function process/],
    ['export const process = () => {}; export const timer = 7;', /^timer must be a function/],
    ['throw new Error("no disk")', /^the module fails: no disk/],
    ['import "./nowhere.js"; export const process = () => {};', /^the module fails: .*nowhere/],
  ])('is refused before the job begins: %s', async (text, message) => {
    expect(await failureOf(text)).toMatch(message);
  });

  it('gives a promise without being declared async', async () => {
    const harness = await processOf('export const process = () => Promise.resolve();');
    expect(() => harness.push({ user: 'ann' }, 1)).toThrow('gives a promise, and is not declared async');
  });
});
