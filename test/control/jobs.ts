import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { StateDirectory } from '../../src/checkpoint/home.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { controlAddress } from '../../src/control/address.ts';
import { ask } from '../../src/control/client.ts';
import type { Reply, Request } from '../../src/control/protocol.ts';
import { ControlServer } from '../../src/control/server.ts';
import { SpecError } from '../../src/errors.ts';
import { Event, type JsonObject } from '../../src/event.ts';
import type { RunningJob } from '../../src/runtime/job.ts';
import { type Look, TapPoint, type Tapping, tapAt } from '../../src/runtime/tap.ts';
import { runningJob } from '../dashboard/snapshots.ts';

/** A state directory of its own, gone when the test is over. */
export function stateFolder(name = 'home'): StateDirectory {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-control-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return new StateDirectory(join(folder, name));
}

/** A job that does nothing but what the test tells it to, with a socket. */
export class TappedJob implements RunningJob {
  readonly name: string;
  readonly home: StateDirectory;
  readonly server: ControlServer;
  snapshots = 0;
  readonly point = new TapPoint({ node: 'views', port: null });

  constructor(name: string, home = stateFolder(), clock: Clock = systemClock) {
    this.name = name;
    this.home = home;
    this.server = new ControlServer(this, clock);
    onTestFinished(() => this.server.close('finished'));
  }

  get address(): string {
    return controlAddress(this.home, this.name);
  }

  async listen(): Promise<this> {
    this.home.register(this.name, {
      type: 'sqlite',
      file: 'checkpoints.db',
      checkpoints: 'c',
      letters: 'l',
      state: 's',
    });
    await this.server.listen(this.address);
    return this;
  }

  ask(request: Request, signal?: AbortSignal): AsyncGenerator<Reply> {
    return ask(this.address, request, signal);
  }

  snapshot() {
    this.snapshots++;
    return runningJob({ job: this.name });
  }

  tap(node: string | undefined, look: Look): Tapping {
    if (node !== undefined && node !== 'views') throw new SpecError(`job ${this.name} has no node "${node}"`);
    return tapAt([this.point], look);
  }

  emit(...values: JsonObject[]): void {
    for (const value of values) this.point.receive(eventOf(value));
  }

  replay(): never {
    throw new SpecError('it has no dead letters');
  }

  pause(): void {}
  drain(): void {}
}

function eventOf(value: JsonObject): Event {
  const records = { partition: '0', length: 1, text: () => null, raw: () => null } as never;
  return new Event(value, null, { source: 's', records, readAt: 0 }, 0);
}
