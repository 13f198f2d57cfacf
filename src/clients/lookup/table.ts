import type { StageHost } from '../../component/operator.ts';
import type { DataError } from '../../errors.ts';
import type { JsonObject, Value } from '../../event.ts';

export type Found = JsonObject | null | DataError;

/** What events are enriched from: rows by key. */
export interface LookupTable {
  /** Throws UnreachableError or SpecError. */
  open(host: StageHost): Promise<void>;
  /** The row of each key, in their order: null where there is none, an error where none can be asked for. Throws TransientError. */
  find(keys: readonly Value[]): Promise<readonly Found[]>;
  close(): Promise<void>;
}
