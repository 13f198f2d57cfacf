import { LRUCache } from 'lru-cache';
import { type Identity, identityOfValue } from '../../aggregation/identity.ts';
import type { Found, LookupTable } from '../../clients/lookup/table.ts';
import type { Millis } from '../../clock.ts';
import { encodeValue } from '../../codecs/json.ts';
import type { AsyncStage, Outcome, StageHost } from '../../component/operator.ts';
import { DataError } from '../../errors.ts';
import { derive, type Event, type Value } from '../../event.ts';
import type { Scalar } from '../../expression/scalar.ts';
import { type Target, write } from './paths.ts';

export interface LookupRules {
  readonly into: Target;
  readonly key: Scalar;
  readonly onMiss: 'null' | 'drop' | 'dead_letter';
  /** Rows that are remembered, absent ones too, and for how long; none of a table that is in memory. */
  readonly cache: number;
  readonly ttl: Millis;
}

/** A row that was found, or that there is none. */
interface Known {
  readonly row: Exclude<Found, DataError>;
}

/** Puts into each event the row that belongs to its key. */
export class LookupStage implements AsyncStage {
  readonly concurrency = Number.POSITIVE_INFINITY;
  readonly #table: LookupTable;
  readonly #rules: LookupRules;
  #cache: LRUCache<Exclude<Identity, null>, Known> | undefined;

  constructor(table: LookupTable, rules: LookupRules) {
    this.#table = table;
    this.#rules = rules;
  }

  async open(host: StageHost): Promise<void> {
    const { cache, ttl } = this.#rules;
    const perf = { now: () => Math.max(1, host.clock.elapsed()) };
    if (cache > 0) this.#cache = new LRUCache({ max: cache, ttl, perf });
    await this.#table.open(host);
  }

  async run(batch: readonly Event[]): Promise<readonly Outcome[]> {
    const keys = batch.map((event) => this.#keyOf(event));
    const rows = await this.#rowsOf(keys.filter(isValue));
    return batch.map((event, index) => {
      const key = keys[index]!;
      return key instanceof DataError ? key : this.#outcome(event, key, rows);
    });
  }

  async close(): Promise<void> {
    await this.#table.close();
  }

  #keyOf(event: Event): Value | DataError {
    try {
      return this.#rules.key(event);
    } catch (error) {
      if (error instanceof DataError) return error;
      throw error;
    }
  }

  /** Each key is asked for once. NULL belongs to no row. */
  async #rowsOf(keys: readonly Value[]): Promise<ReadonlyMap<Identity, Found>> {
    const rows = new Map<Identity, Found>();
    const missing = new Map<Exclude<Identity, null>, Value>();
    for (const key of keys) {
      const identity = identityOfValue(key);
      if (identity === null || rows.has(identity)) continue;
      const known = this.#cache?.get(identity);
      if (known === undefined) missing.set(identity, key);
      else rows.set(identity, known.row);
    }
    const found = missing.size === 0 ? [] : await this.#table.find([...missing.values()]);
    for (const [index, identity] of [...missing.keys()].entries()) {
      const row = found[index] ?? null;
      rows.set(identity, row);
      if (!(row instanceof DataError)) this.#cache?.set(identity, { row });
    }
    return rows;
  }

  #outcome(event: Event, key: Value, rows: ReadonlyMap<Identity, Found>): Outcome {
    if (event.value === null) return event;
    const row = rows.get(identityOfValue(key)) ?? null;
    if (row instanceof DataError) return row;
    const { onMiss, into } = this.#rules;
    if (row === null && onMiss === 'drop') return null;
    if (row === null && onMiss === 'dead_letter') return missed(key);
    const value = { ...event.value };
    try {
      write(value, into, row);
    } catch (error) {
      if (error instanceof DataError) return error;
      throw error;
    }
    return derive(event, value);
  }
}

function isValue(key: Value | DataError): key is Value {
  return !(key instanceof DataError);
}

function missed(key: Value): DataError {
  return new DataError('lookup', `the lookup found no row for ${encodeValue(key)}`, { retryable: true });
}
