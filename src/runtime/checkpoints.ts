import { join } from 'node:path';
import type { StateDirectory, StoreLocation } from '../checkpoint/home.ts';
import { openSqliteStore } from '../checkpoint/sqlite.ts';
import type { CheckpointStore } from '../checkpoint/store.ts';
import type { Clock } from '../clock.ts';
import type { Plan } from '../plan/model.ts';

export interface OpenStoreOptions {
  /** How many checkpoints stay; all, if left out. */
  readonly keep?: number;
  readonly clock: Clock;
  readonly notice: (line: string) => void;
}

/** Where the checkpoints of a planned job are. */
export function storeLocation(plan: Plan, home: StateDirectory): StoreLocation {
  const file =
    plan.joinedFile ??
    plan.spec.checkpoint?.store.path ??
    join(home.folderOf(plan.spec.name), 'checkpoints.db');
  return {
    type: 'sqlite',
    file,
    checkpoints: plan.spec.checkpoint?.table ?? 'sluice_checkpoints',
    letters: plan.spec.dead_letters.table,
    state: plan.spec.checkpoint?.state_table ?? 'sluice_state',
  };
}

export function openStore(location: StoreLocation, options: OpenStoreOptions): Promise<CheckpointStore> {
  const { keep = Number.MAX_SAFE_INTEGER, clock, notice } = options;
  return openSqliteStore(location.file, { ...location, keep, clock, notice });
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
