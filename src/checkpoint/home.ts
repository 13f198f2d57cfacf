import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type CassandraConnection, endpointOf } from '../clients/cassandra/options.ts';
import { fileFailure } from '../clients/file/failure.ts';
import { SpecError } from '../errors.ts';

/** What tells in a job's folder where its checkpoints are. */
const ENTRY = 'job.json';

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

  /** The folder of one job, made when missing. Throws UnreachableError. */
  folderOf(job: string): string {
    const folder = join(this.path, 'jobs', folderName(job));
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw fileFailure(folder, error);
    }
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

  /** Undefined for a job that never ran here, and where its entry is damaged. */
  find(job: string): StoreLocation | undefined {
    return this.#entryOf(job).location;
  }

  /** Whether the job ran here, and its entry can't be read. */
  isDamaged(job: string): boolean {
    return this.#entryOf(job).isDamaged;
  }

  /** Remembers where the job's checkpoints are; durable when it returns. Throws UnreachableError. */
  register(job: string, location: StoreLocation): void {
    if (isDeepStrictEqual(this.find(job), location)) return;
    const folder = this.folderOf(job);
    const file = join(folder, ENTRY);
    const draft = `${file}.${process.pid}`;
    try {
      writeFileSync(draft, JSON.stringify(location), { mode: 0o600, flush: true });
      renameSync(draft, file);
      sync(folder);
    } catch (error) {
      throw fileFailure(file, error);
    }
  }

  #entryOf(job: string): { readonly location?: StoreLocation; readonly isDamaged: boolean } {
    const file = join(this.path, 'jobs', folderName(job), ENTRY);
    if (!existsSync(file)) return { isDamaged: false };
    try {
      return { location: JSON.parse(readFileSync(file, 'utf8')), isDamaged: false };
    } catch {
      return { isDamaged: true };
    }
  }
}

function sync(folder: string): void {
  const descriptor = openSync(folder, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function folderName(job: string): string {
  const name = encodeURIComponent(job);
  if (name === '' || name === '.' || name === '..' || name.length > 200) {
    throw new SpecError(`"${job}" can't be a job's name`, { hint: 'use letters, digits and dashes' });
  }
  return name;
}
