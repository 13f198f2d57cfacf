import { expect, test } from 'vitest';
import { Dispatcher } from '../../../src/sinks/cassandra/dispatcher.ts';
import { TestClock } from '../../clock.ts';

const never = new AbortController().signal;

/** A dispatcher whose requests are answered when the test says so. */
function answeredByHand() {
  const sent: string[] = [];
  const answers = new Map<string, (error?: Error) => void>();
  const dispatcher = new Dispatcher<string>({
    clock: new TestClock(),
    weight: () => 256,
    send(request) {
      sent.push(request);
      return new Promise<void>((resolve, reject) => {
        answers.set(request, (error) => (error === undefined ? resolve() : reject(error)));
      });
    },
  });
  return { dispatcher, sent, answer: (request: string, error?: Error) => answers.get(request)!(error) };
}

test('requests wait while the window is full, and those of the first write go first', async () => {
  const { dispatcher, sent, answer } = answeredByHand();
  const first = dispatcher.run(['a', 'b', 'c'], () => undefined, never);
  const second = dispatcher.run(['d'], () => undefined, never);
  expect(sent).toEqual(['a', 'b']);
  answer('b');
  await Promise.resolve();
  await Promise.resolve();
  expect(sent).toEqual(['a', 'b', 'c']);
  answer('a');
  answer('c');
  await first;
  answer('d');
  await second;
});

test('a stopped write sends no more and awaits what is in flight', async () => {
  const { dispatcher, sent, answer } = answeredByHand();
  const settled: string[] = [];
  const write = dispatcher.run(
    ['a', 'b', 'c'],
    (request, error, flight) => {
      settled.push(`${request} ${error === undefined ? 'ok' : (error as Error).message}`);
      if (error !== undefined) flight.stop();
    },
    never,
  );
  answer('a', new Error('gone'));
  answer('b');
  await write;
  expect(settled).toEqual(['a gone', 'b ok']);
  expect(sent).toEqual(['a', 'b']);
});

test('requests can be added while others are settled', async () => {
  const dispatcher = new Dispatcher<string>({
    clock: new TestClock(),
    weight: () => 1,
    send: async () => undefined,
  });
  const settled: string[] = [];
  await dispatcher.run(
    ['group'],
    (request, _error, flight) => {
      settled.push(request);
      if (request === 'group') for (const one of ['x', 'y']) flight.add(one);
    },
    never,
  );
  expect(settled).toEqual(['group', 'x', 'y']);
});

test('a forced exit ends a write at once', async () => {
  const { dispatcher } = answeredByHand();
  const exit = new AbortController();
  const write = dispatcher.run(['a', 'b', 'c'], () => undefined, exit.signal);
  exit.abort();
  await write;
});

test('a bug in settling ends the write with it', async () => {
  const dispatcher = new Dispatcher<string>({
    clock: new TestClock(),
    weight: () => 1,
    send: async () => undefined,
  });
  const write = dispatcher.run(
    ['a'],
    () => {
      throw new Error('bug');
    },
    never,
  );
  await expect(write).rejects.toThrow('bug');
});
