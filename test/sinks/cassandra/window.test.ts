import { expect, test } from 'vitest';
import { InFlightWindow } from '../../../src/sinks/cassandra/window.ts';

function acknowledge(window: InFlightWindow, latency: number, times: number): void {
  for (let i = 0; i < times; i++) window.acknowledged(latency);
}

test('the window grows while latency stays near the best, up to 1024', () => {
  const window = new InFlightWindow();
  acknowledge(window, 5, 50_000);
  expect(window.limit).toBe(1024);
});

test('the window shrinks while statements mostly wait, down to 256', () => {
  const window = new InFlightWindow();
  acknowledge(window, 5, window.limit);
  acknowledge(window, 50, 20_000);
  expect(window.limit).toBe(256);
});

test('the window halves when the server is overloaded, and no further than 256', () => {
  const window = new InFlightWindow();
  acknowledge(window, 5, 50_000);
  window.overloaded();
  expect(window.limit).toBe(512);
  window.overloaded();
  window.overloaded();
  expect(window.limit).toBe(256);
});

test('a server that is slower from now on becomes the new measure', () => {
  const window = new InFlightWindow();
  acknowledge(window, 5, window.limit);
  acknowledge(window, 50, 200_000);
  expect(window.limit).toBeGreaterThan(900);
});
