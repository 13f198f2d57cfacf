import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'cassandra-driver';
import { expect, test, vi } from 'vitest';
import {
  type ControlConnection,
  controlConnectionOf,
  refreshOneAtATime,
} from '../../../src/clients/cassandra/control-connection.ts';
import { systemClock } from '../../../src/clock.ts';

/** As the driver's: each refresh begins by letting go of the connection, and trips over one that is gone. */
class Refreshing implements ControlConnection {
  begun = 0;
  failures: number;
  #connection: object | null = {};

  constructor(failures: number) {
    this.failures = failures;
  }

  async _refresh(hosts?: unknown): Promise<void> {
    this.begun++;
    this.#connection = null;
    await delay(5);
    this.#connection = {};
    await delay(5);
    if (this.#connection === null || (hosts === undefined && this.failures-- > 0))
      throw new TypeError("Cannot read properties of null (reading 'endpoint')");
  }
}

test('a refresh that is asked for while one runs is that one', async () => {
  const control = new Refreshing(0);
  refreshOneAtATime(control, systemClock, 1);
  const first = control._refresh();
  await delay(7);
  await Promise.all([first, control._refresh()]);
  expect(control.begun).toBe(1);
  await control._refresh();
  expect(control.begun).toBe(2);
});

test('the next attempt of a refresh is not held up by it', async () => {
  const control = new Refreshing(0);
  refreshOneAtATime(control, systemClock, 1);
  const first = control._refresh();
  await control._refresh([]);
  await first;
  expect(control.begun).toBe(2);
});

test('a refresh that fails is made again, and its failure is no rejection', async () => {
  const control = new Refreshing(2);
  refreshOneAtATime(control, systemClock, 1);
  await control._refresh();
  await vi.waitFor(() => expect(control.begun).toBe(3));
});

test('the driver has what is replaced', async () => {
  const client = new Client({ contactPoints: ['127.0.0.1'], localDataCenter: 'datacenter1' });
  expect(controlConnectionOf(client)._refresh).toBeTypeOf('function');
  await client.shutdown();
});
