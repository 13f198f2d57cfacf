import { systemClock } from '../../src/clock.ts';
import type { SourceHost } from '../../src/component/source.ts';
import type { PartitionId, Position, Positions } from '../../src/event.ts';
import { kafkaSourceOptions } from '../../src/sources/kafka/options.ts';
import { KafkaSource } from '../../src/sources/kafka/source.ts';

export interface Got {
  readonly partition: PartitionId;
  readonly offset: Position;
  readonly text: string | null;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Runs a Kafka source as the runtime would, keeping what it reads and where to go on. All of what was polled counts as
 * durable at once.
 */
export class SourceRunner implements SourceHost {
  readonly name = 'events';
  readonly clock = systemClock;
  readonly got: Got[] = [];
  readonly notices: string[] = [];
  readonly statuses: string[] = [];
  readonly lags = new Map<PartitionId, number | null>();
  readonly assignments: PartitionId[][] = [];
  readonly revocations: PartitionId[][] = [];
  readonly source: KafkaSource;
  positions: Record<PartitionId, Position>;
  failure: Error | undefined;
  /** Shared group: where to go on comes from the group, as committed by whoever had the partition. */
  readonly #shared: boolean;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;

  constructor(
    options: Readonly<Record<string, unknown>>,
    { exitAtEnd = false, resume = {} as Positions, ends = undefined as Positions | undefined } = {},
  ) {
    const context = { name: this.name, job: 'test', format: 'json' as const, exitAtEnd, ends };
    const parsed = kafkaSourceOptions.parse(options);
    this.source = new KafkaSource(parsed, context);
    this.positions = { ...resume };
    this.#shared = parsed.share;
  }

  async start(): Promise<this> {
    await this.source.open({ ...this.positions }, this);
    return this.run();
  }

  /** Polls from now on. */
  run(): this {
    this.#running = this.#run();
    return this;
  }

  /** Resolves when `condition` holds; throws what ended the source before that. */
  async until(condition: (runner: this) => boolean): Promise<this> {
    while (!condition(this)) {
      if (this.failure !== undefined) throw this.failure;
      if (this.#stopped.signal.aborted) throw new Error('the source ended too early');
      await this.clock.sleep(5);
    }
    return this;
  }

  /** Resolves when the source has ended by itself. */
  async end(): Promise<this> {
    await this.#running;
    if (this.failure !== undefined) throw this.failure;
    await this.source.close();
    return this;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
    await this.source.close();
  }

  get texts(): (string | null)[] {
    return this.got.map(({ text }) => text);
  }

  exist(): void {}

  async assigned(partitions: readonly PartitionId[]): Promise<Positions> {
    this.assignments.push([...partitions]);
    if (this.#shared) return {};
    return Object.fromEntries(
      partitions.filter((id) => id in this.positions).map((id) => [id, this.positions[id]!]),
    );
  }

  async revoked(partitions: readonly PartitionId[]): Promise<void> {
    this.revocations.push([...partitions]);
    await this.source.committed(this.positions);
    if (this.#shared) this.positions = {};
  }

  status(partition: PartitionId, status: string): void {
    this.statuses.push(`${partition} ${status}`);
  }

  ended(): void {}

  lag(partition: PartitionId, records: number | null): void {
    this.lags.set(partition, records);
  }

  fail(error: Error): void {
    this.failure = error;
    this.#stopped.abort();
  }

  notice(line: string): void {
    this.notices.push(line);
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted && !this.source.ended) {
      const records = this.source.poll(1000, 1024 * 1024);
      if (records === undefined) {
        await this.source.ready(signal);
        continue;
      }
      for (let index = 0; index < records.length; index++) {
        this.got.push({
          partition: records.partition,
          offset: records.offset(index),
          text: records.text(index),
          key: textOf(records.key(index)),
          headers: Object.fromEntries(
            Object.entries(records.headers(index)).map(([name, value]) => [name, String(value)]),
          ),
        });
      }
      this.positions[records.partition] = records.next(records.length - 1);
      await this.clock.yield();
    }
  }
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString();
}
