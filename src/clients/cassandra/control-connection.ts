import type { Client } from 'cassandra-driver';
import type { Clock, Millis } from '../../clock.ts';

/** The part of the driver that hears of hosts that go and come; its types leave it out. */
export interface ControlConnection {
  /** With `hosts` it is the next attempt of the refresh that is going on. */
  _refresh(hosts?: unknown): Promise<void>;
}

export function controlConnectionOf(client: Client): ControlConnection {
  return (client as Client & { controlConnection: ControlConnection }).controlConnection;
}

/**
 * In an outage the driver may begin to look for a host while it is looking for one: each takes the connection from the
 * other, and the failure that follows is one that nobody handles, which ends the process. Here a second search is the
 * first one, and one that fails is made again.
 */
export function refreshOneAtATime(control: ControlConnection, clock: Clock, pause: Millis): void {
  const refresh = control._refresh.bind(control);
  let running: Promise<void> | undefined;
  control._refresh = (hosts) => {
    if (hosts !== undefined) return refresh(hosts);
    running ??= refresh()
      .catch(() => void clock.sleep(pause).then(() => control._refresh()))
      .finally(() => {
        running = undefined;
      });
    return running;
  };
}
