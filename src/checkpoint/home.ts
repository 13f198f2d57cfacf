import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type CassandraConnection, endpointOf } from '../clients/cassandra/options.ts';
import { SpecError } from '../errors.ts';

/** Where a job's checkpoints and dead letters are; it holds no secret. */
export type StoreLocation = SqliteLocation | CassandraLocation;

interface TableNames {
  readonly checkpoints: string;
  readonly letters: string;
  readonly state: string;
}

export interface SqliteLocation extends TableNames {
  readonly type: 'sqlite';
  readonly file: string;
}

export interface CassandraLocation extends TableNames {
  readonly type: 'cassandra';
  readonly connection: CassandraConnection;
  readonly keyspace: string;
}

/** For messages. */
export function placeOf(location: StoreLocation): string {
  if (location.type === 'sqlite') return location.file;
  return `${endpointOf(location.connection)}/${location.keyspace}`;
}

/**
 * The state directory: a folder a job, which holds the registry entry that maps the job's name to its checkpoints, the
 * job's lock, and, unless the checkpoints live elsewhere, the checkpoints themselves.
 */
export class StateDirectory {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The folder of one job, made when missing. */
  folderOf(job: string): string {
    const folder = join(this.path, 'jobs', folderName(job));
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  /** The names of all jobs that were ever started here. */
  jobs(): readonly string[] {
    const folder = join(this.path, 'jobs');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .map((name) => decodeURIComponent(name))
      .filter((job) => this.find(job) !== undefined);
  }

  find(job: string): StoreLocation | undefined {
    const file = join(this.path, 'jobs', folderName(job), 'job.json');
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  }

  /** Remembers where the job's checkpoints are; durable when it returns. */
  register(job: string, location: StoreLocation): void {
    const file = join(this.folderOf(job), 'job.json');
    const draft = `${file}.${process.pid}`;
    const descriptor = openSync(draft, 'w', 0o600);
    writeSync(descriptor, JSON.stringify(location));
    fsyncSync(descriptor);
    closeSync(descriptor);
    renameSync(draft, file);
  }
}

function folderName(job: string): string {
  const name = encodeURIComponent(job);
  if (name === '' || name === '.' || name === '..' || name.length > 200) {
    throw new SpecError(`"${job}" can't be a job's name`, { hint: 'use letters, digits and dashes' });
  }
  return name;
}
