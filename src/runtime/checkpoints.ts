import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StateDirectory, StoreLocation } from '../checkpoint/home.ts';
import { openSqliteStore } from '../checkpoint/sqlite.ts';
import type { CheckpointStore } from '../checkpoint/store.ts';
import { loginFromEnvironment } from '../clients/cassandra/options.ts';
import type { Clock, Millis } from '../clock.ts';
import type { Plan } from '../plan/model.ts';

const DEFAULT_TIMEOUT: Millis = 10_000;

export interface OpenStoreOptions {
  /** How many checkpoints stay; all, if left out. */
  readonly keep?: number;
  /** How long a server may be silent while the job runs. */
  readonly timeout?: Millis;
  readonly clock: Clock;
  readonly notice: (line: string) => void;
}

/** Where the checkpoints of a planned job are. */
export function storeLocation(plan: Plan, home: StateDirectory): StoreLocation {
  const { checkpoint, dead_letters: letters, name } = plan.spec;
  const table = letters.type === 'sqlite' ? letters.table : null;
  const store = checkpoint?.store;
  if (store?.type === 'cassandra') {
    const { type, keyspace, ...connection } = store;
    return {
      type,
      connection,
      keyspace,
      checkpoints: checkpoint?.table ?? 'stream_checkpoints',
      letters: table ?? 'stream_dead_letters',
      state: checkpoint?.state_table ?? 'stream_state',
    };
  }
  return {
    type: 'sqlite',
    file: plan.joinedFile ?? store?.path ?? join(home.folderOf(name), 'checkpoints.db'),
    checkpoints: checkpoint?.table ?? 'sluice_checkpoints',
    letters: table ?? 'sluice_dead_letters',
    state: checkpoint?.state_table ?? 'sluice_state',
  };
}

export async function openStore(
  location: StoreLocation,
  options: OpenStoreOptions,
): Promise<CheckpointStore> {
  const { keep = Number.MAX_SAFE_INTEGER, timeout = DEFAULT_TIMEOUT } = options;
  if (location.type === 'sqlite') return openSqliteStore(location.file, { ...location, ...options, keep });
  const { openCassandraStore } = await import('../checkpoint/cassandra/store.ts');
  const connection = { ...location.connection, ...loginFromEnvironment(process.env) };
  return openCassandraStore({ ...location, ...options, connection, keep, timeout });
}

/** Whether there can be checkpoints: to open a file that is not there would make it. */
export function mayExist(location: StoreLocation): boolean {
  return location.type !== 'sqlite' || existsSync(location.file);
}

/** Opens the store, and closes it when `use` is done with it. */
export async function withStore<Result>(
  location: StoreLocation,
  options: OpenStoreOptions,
  use: (store: CheckpointStore) => Promise<Result>,
): Promise<Result> {
  const store = await openStore(location, options);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
