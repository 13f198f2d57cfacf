import type { StageHost } from '../../component/operator.ts';
import type { JsonObject, Value } from '../../event.ts';

/** What events are enriched from: rows by key. */
export interface LookupTable {
  /** Throws UnreachableError or SpecError. */
  open(host: StageHost): Promise<void>;
  /** The row of each key, in their order; null where there is none. Throws TransientError. */
  find(keys: readonly Value[]): Promise<readonly (JsonObject | null)[]>;
  close(): Promise<void>;
}
