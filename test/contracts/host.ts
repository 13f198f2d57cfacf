import { type Clock, systemClock } from '../../src/clock.ts';
import type { SinkHost } from '../../src/component/sink.ts';
import type { SourceHost } from '../../src/component/source.ts';
import type { PartitionId, Positions } from '../../src/event.ts';

/** A runtime that a source can be tested under: it keeps what it is told. */
export class TestSourceHost implements SourceHost {
  readonly name = 'test';
  readonly clock: Clock;
  readonly statuses: string[] = [];
  readonly notices: string[] = [];
  readonly failures: Error[] = [];
  /** Partitions that were read to their end. */
  readonly finished: PartitionId[] = [];
  readonly #resume: Positions;

  constructor(resume: Positions = {}, clock: Clock = systemClock) {
    this.#resume = resume;
    this.clock = clock;
  }

  exist(): void {}

  async assigned(partitions: readonly PartitionId[]): Promise<Positions> {
    const known = partitions.filter((partition) => this.#resume[partition] !== undefined);
    return Object.fromEntries(known.map((partition) => [partition, this.#resume[partition]!]));
  }

  async revoked(): Promise<void> {}

  status(partition: PartitionId, status: string): void {
    this.statuses.push(`${partition} ${status}`);
  }

  ended(partition: PartitionId): void {
    this.finished.push(partition);
  }

  lag(): void {}

  fail(error: Error): void {
    this.failures.push(error);
  }

  notice(line: string): void {
    this.notices.push(line);
  }
}

/** A runtime that a sink can be tested under; write tokens count up from the time of day. */
export function testSinkHost(): SinkHost {
  let token = BigInt(systemClock.now()) * 1000n;
  return {
    name: 'test',
    job: 'test-job',
    clock: systemClock,
    epoch: 1,
    token: () => token++,
    notice: () => undefined,
  };
}
