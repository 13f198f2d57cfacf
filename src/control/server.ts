import { chmodSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
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
import { type Allowance, Tap } from './tap.ts';

const TAP_PERIOD: Millis = 200;
/** Events that all taps of a job together are shown in a period: 5,000 a second cost a hundredth of a processor. */
const EVENTS_IN_PERIOD = 1000;
/** What their conditions may cost together in a period: another hundredth. */
const TIME_IN_PERIOD: Millis = 2;
const MOST_WATCHERS = 64;
/** How long whoever connects may take to ask. */
const PATIENCE: Millis = 10_000;

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
  #connections = 0;
  #taps = 0;
  /** The socket's file, which another process that took the job may have replaced. */
  #file: { readonly address: string; readonly inode: number } | undefined;
  #ongoing: OngoingReplay | undefined;

  constructor(job: RunningJob, clock: Clock) {
    this.#job = job;
    this.#clock = clock;
    this.#server = createServer((socket) => this.#greet(socket));
    this.#server.unref();
  }

  /** Rejects if there can be no socket at that address. What a killed process of the job has left there goes. */
  async listen(address: string): Promise<void> {
    prepareFolder(address);
    // A server that closes removes the name that it was bound to, whoever has it by then.
    const bound = join(dirname(address), `${process.pid}.new`);
    rmSync(bound, { force: true });
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(bound, resolve);
    });
    chmodSync(bound, 0o600);
    this.#file = { address, inode: lstatSync(bound).ino };
    renameSync(bound, address);
  }

  /** Tells all watchers what became of the job, and hangs up. */
  close(end: JobStatus): void {
    for (const [socket, stop] of this.#watchers) {
      stop();
      this.#send(socket, { end });
      socket.end();
    }
    this.#server.close();
    if (this.#file === undefined) return;
    const { address, inode } = this.#file;
    if (lstatSync(address, { throwIfNoEntry: false })?.ino === inode) rmSync(address, { force: true });
  }

  #greet(socket: Socket): void {
    // A watcher keeps no job alive, and one that goes away is no news.
    socket.unref();
    socket.on('error', () => socket.destroy());
    socket.setEncoding('utf8');
    this.#connections++;
    socket.once('close', () => this.#connections--);
    const stopWaiting = this.#clock.every(PATIENCE, () => socket.destroy());
    socket.once('close', stopWaiting);
    let asked = '';
    const listen = (text: string) => {
      asked += text;
      const end = asked.indexOf('\n');
      if (end === -1 && asked.length < LONGEST_REQUEST) return;
      stopWaiting();
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
      if (this.#connections > MOST_WATCHERS)
        throw new SpecError(`${MOST_WATCHERS} others watch this job, as many as may`, {
          hint: 'end some of them',
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
    if (request.watch === 'tap') return this.#tap(socket, new Tap(request, this.#clock), request.node);
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
      const reply = tap.take(this.#allowance(), tapping);
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

  /** What one tap may take in a period. */
  #allowance(): Allowance {
    const taps = Math.max(1, this.#taps);
    return { room: Math.ceil(EVENTS_IN_PERIOD / taps), time: TIME_IN_PERIOD / taps };
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
    if (socket.writable) socket.write(`${JSON.stringify(reply).replace(/[\u2028\u2029]/g, escaped)}\n`);
  }
}

/** Node's reader of lines ends one there too. */
function escaped(separator: string): string {
  return separator === '\u2028' ? '\\u2028' : '\\u2029';
}

function once(action: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}
