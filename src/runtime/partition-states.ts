import type { Clock, Millis } from '../clock.ts';
import type { PartitionId } from '../event.ts';
import type { PartitionSnapshot } from '../metrics/snapshot.ts';

interface PartitionState {
  status: PartitionSnapshot['status'];
  lag: number | null;
  /** Since when, on the steady clock, it has been idle; null if it is not. */
  idleSince: Millis | null;
}

/** How the partitions are doing that the job reads now. */
export class PartitionStates {
  readonly #clock: Clock;
  readonly #states = new Map<PartitionId, PartitionState>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(partition: PartitionId): void {
    this.#states.set(partition, { status: 'active', lag: null, idleSince: null });
  }

  delete(partition: PartitionId): void {
    this.#states.delete(partition);
  }

  /** Tells whether it is read at all. */
  status(partition: PartitionId, status: PartitionSnapshot['status']): boolean {
    const state = this.#states.get(partition);
    if (state === undefined) return false;
    state.status = status;
    state.idleSince = status === 'idle' ? this.#clock.elapsed() : null;
    return true;
  }

  lag(partition: PartitionId, records: number | null): void {
    const state = this.#states.get(partition);
    if (state !== undefined) state.lag = records;
  }

  /** Those that have been idle for so long. */
  idleFor(timeout: Millis): PartitionId[] {
    const longEnough = this.#clock.elapsed() - timeout;
    return [...this.#states]
      .filter(([, { idleSince }]) => idleSince !== null && idleSince <= longEnough)
      .map(([partition]) => partition);
  }

  snapshot(): Pick<PartitionSnapshot, 'partition' | 'lag' | 'status'>[] {
    return [...this.#states].map(([partition, { status, lag }]) => ({ partition, lag, status }));
  }
}
