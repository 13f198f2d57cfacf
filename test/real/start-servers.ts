import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type ServerName = 'kafka' | 'cassandra';

/** Copies of the servers that a test may crash and stall. They are gone when the process that started them is. */
export interface PrivateServers {
  /** `host:port` for clients. */
  readonly kafka: string;
  readonly cassandra: string;
  readonly localDatacenter: string;
  /** kill -9; what was durable stays. */
  kill(name: ServerName): Promise<void>;
  /** Starts what is not running, on the same data and port; resolves when it answers. */
  up(name: ServerName): Promise<void>;
  /** SIGSTOP and SIGCONT: the connections stay open and silent. */
  pause(name: ServerName): Promise<void>;
  resume(name: ServerName): Promise<void>;
  /** Stops all and deletes their data. */
  down(): Promise<void>;
}

export interface ServerOptions {
  /** Which to start at once; both by default. */
  names?: readonly ServerName[];
  /** Where the data lives; a new temporary folder by default. */
  dir?: string;
  /** Free ports by default. Kafka takes the next one too, Cassandra those 100 to 102 above. */
  kafkaPort?: number;
  cassandraPort?: number;
  /** Cassandra syncs its log before it answers, so that a kill loses nothing it acknowledged. */
  durable?: boolean;
}

const script = join(import.meta.dirname, 'servers');

export async function startServers(options: ServerOptions = {}): Promise<PrivateServers> {
  const {
    names = ['kafka', 'cassandra'],
    dir = await mkdtemp(join(tmpdir(), 'sluice-test-servers-')),
    kafkaPort = await freePort([0, 1]),
    cassandraPort = await freePort([0, 100, 101, 102]),
    durable = false,
  } = options;
  const environment = {
    ...process.env,
    SERVERS_DIR: dir,
    SERVERS_OWNER: String(process.pid),
    KAFKA_PORT: String(kafkaPort),
    CASSANDRA_PORT: String(cassandraPort),
    CASSANDRA_DURABLE: durable ? '1' : '',
  };
  const run = async (verb: string, ...rest: string[]) => {
    await promisify(execFile)('bash', [script, verb, ...rest], { env: environment });
  };
  await run('up', ...names);
  return {
    kafka: `127.0.0.1:${kafkaPort}`,
    cassandra: `127.0.0.1:${cassandraPort}`,
    localDatacenter: 'datacenter1',
    kill: (name) => run('kill', name),
    up: (name) => run('up', name),
    pause: (name) => run('pause', name),
    resume: (name) => run('resume', name),
    down: () => run('down'),
  };
}

/** The classpath of Kafka's own console clients. */
export async function consoleClients(): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', [script, 'tools']);
  return stdout.trim();
}

/** What the machine lacks to start the servers; undefined if nothing. */
export function missingForServers(): string | undefined {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const version = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1] ?? 0);
  if (version < 17) return 'Java 17 or newer';
  return spawnSync('mvn', ['-v']).status === 0 ? undefined : 'Maven';
}

/** A port that is free together with those at the given distances above it; below the range of outgoing connections. */
async function freePort(distances: readonly number[]): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await Promise.all(distances.map((distance) => isFree(port + distance)));
    if (free.every(Boolean)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
