import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { StateDirectory } from '../checkpoint/home.ts';
import type { Clock, Millis } from '../clock.ts';
import { messageOf, SpecError } from '../errors.ts';
import type { JobStatus } from '../metrics/snapshot.ts';
import type { RunningJob } from '../runtime/job.ts';
import type { OngoingReplay } from '../runtime/ongoing-replay.ts';
import { replayRequestOf } from '../runtime/replay-request.ts';
import { controlAddress, prepareFolder } from './address.ts';
import {
  LONGEST_REQUEST,
  parseRequest,
  type ReplayRequestLine,
  type Reply,
  type Request,
  refusalOf,
} from './protocol.ts';
import { ShownReplay } from './shown-replay.ts';
import { Tap } from './tap.ts';

const TAP_PERIOD: Millis = 200;
/** Events that all taps of a job together are shown in a period: 5,000 a second cost a hundredth of a processor. */
const EVENTS_IN_PERIOD = 1000;
const MOST_WATCHERS = 64;

/** Lets `stats` and `tap` reach the job; that they can't is no reason for it not to run. */
export function serveControl(
  job: RunningJob,
  { home, clock, notice }: { home: StateDirectory; clock: Clock; notice: (line: string) => void },
): ControlServer {
  const server = new ControlServer(job, clock);
  server.listen(controlAddress(home, job.name)).catch((error) => {
    notice(`sluice stats and tap can't reach this job: ${messageOf(error)}`);
  });
  return server;
}

/**
 * A running job's local socket, for its owner alone. Nothing is done for it while nobody watches, and a watcher that
 * does not read is skipped until it does.
 */
export class ControlServer {
  readonly #job: RunningJob;
  readonly #clock: Clock;
  readonly #server: Server;
  readonly #watchers = new Map<Socket, () => void>();
  #taps = 0;
  #ongoing: OngoingReplay | undefined;

  constructor(job: RunningJob, clock: Clock) {
    this.#job = job;
    this.#clock = clock;
    this.#server = createServer((socket) => this.#greet(socket));
    this.#server.maxConnections = MOST_WATCHERS;
    this.#server.unref();
  }

  /** Rejects if there can be no socket at that address. What a killed process of the job has left there goes. */
  async listen(address: string): Promise<void> {
    prepareFolder(address);
    rmSync(address, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(address, resolve);
    });
    chmodSync(address, 0o600);
  }

  /** Tells all watchers what became of the job, and hangs up. */
  close(end: JobStatus): void {
    for (const [socket, stop] of this.#watchers) {
      stop();
      this.#send(socket, { end });
      socket.end();
    }
    this.#server.close();
  }

  #greet(socket: Socket): void {
    // A watcher keeps no job alive, and one that goes away is no news.
    socket.unref();
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8');
    let asked = '';
    const listen = (text: string) => {
      asked += text;
      const end = asked.indexOf('\n');
      if (end === -1 && asked.length < LONGEST_REQUEST) return;
      socket.off('data', listen);
      socket.resume();
      this.#answer(socket, asked.slice(0, end));
    };
    socket.on('data', listen);
  }

  #answer(socket: Socket, line: string): void {
    try {
      const request = parseRequest(line);
      if (request === undefined)
        throw new SpecError('this job is run by another version of sluice', {
          hint: 'use the same version to watch it',
        });
      const stop = this.#watch(socket, request);
      this.#watchers.set(socket, stop);
      socket.once('close', () => {
        this.#watchers.delete(socket);
        stop();
      });
    } catch (error) {
      this.#send(socket, refusalOf(error));
      socket.end();
    }
  }

  #watch(socket: Socket, request: Request): () => void {
    if (request.watch === 'tap') return this.#tap(socket, new Tap(request), request.node);
    if (request.watch === 'replay') return this.#replay(socket, request);
    if (request.watch === 'stop-replay') {
      this.#ongoing?.stop();
      socket.end();
      return () => {};
    }
    const show = () => this.#send(socket, { snapshot: this.#job.snapshot(), pid: process.pid });
    return this.#repeat(request.interval, socket, show);
  }

  /** Whoever asked for a replay and hangs up stops it. */
  #replay(socket: Socket, { flags, ids, specHash }: ReplayRequestLine): () => void {
    const replaying = new ShownReplay(
      (reply) => this.#send(socket, reply),
      () => socket.end(),
      this.#clock,
    );
    const request = replayRequestOf(flags, ids, this.#clock);
    const begin = async () => {
      const ongoing = await this.#job.replay(request, specHash);
      this.#ongoing = ongoing;
      return ongoing;
    };
    void replaying.show(begin());
    return () => replaying.stop();
  }

  #tap(socket: Socket, tap: Tap, node: string | undefined): () => void {
    const tapping = this.#job.tap(node, tap.see);
    this.#taps++;
    const stop = this.#repeat(TAP_PERIOD, socket, () => {
      const reply = tap.take(Math.ceil(EVENTS_IN_PERIOD / Math.max(1, this.#taps)), tapping);
      if (reply !== undefined) this.#send(socket, reply);
      if (!tap.isDone) return;
      this.#send(socket, { end: 'limit' });
      socket.end();
    });
    return once(() => {
      stop();
      tapping.stop();
      this.#taps--;
    });
  }

  /** Shows at once, then in each period in which the watcher has taken what it was shown, and a last time. */
  #repeat(period: Millis, socket: Socket, show: () => void): () => void {
    show();
    const stop = this.#clock.every(period, () => {
      if (!socket.writableNeedDrain) show();
    });
    return once(() => {
      stop();
      show();
    });
  }

  #send(socket: Socket, reply: Reply): void {
    if (socket.writable) socket.write(`${JSON.stringify(reply)}\n`);
  }
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
