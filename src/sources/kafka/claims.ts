import type { Cluster } from 'kafkajs';
import { type KafkaEndpoint, withAdmin } from '../../clients/kafka/connect.ts';
import type { Millis } from '../../clock.ts';
import type { SourceHost } from '../../component/source.ts';
import type { PartitionId, Position, Positions, Records } from '../../event.ts';
import { type LostRecordsError, lostRecords } from './lost-records.ts';
import { type KafkaSourceOptions, type Start, startOf } from './options.ts';
import { isAtEnd, type OwnPartition, type PartitionStatus, topicPartition } from './partition.ts';
import { committedOffsets, type LogRange, logRanges, startPositions } from './positions.ts';

const ADMIN_DEADLINE: Millis = 10_000;
/** After a change of leader its log may seem to end too early for a moment (KIP-207). */
const LEADER_CATCHES_UP: Millis = 5000;
const LOOK_AGAIN: Millis = 1000;

/** The partitions that are ours, how far each has been fetched, and what the runtime is told of it. */
export class Claims {
  ends: Positions | undefined;
  readonly #group: string;
  readonly #start: Start;
  /** Whether others read as the same group: then its offsets say where to read on, not what we know. */
  readonly #isShared: boolean;
  #host!: SourceHost;
  #endpoint!: KafkaEndpoint;
  /** Partitions that were there when the job began; any other is read from its beginning. */
  #known: ReadonlySet<PartitionId> = new Set();
  /** Where partitions began that the runtime does not know yet. */
  readonly #starts = new Map<PartitionId, Position>();
  readonly #paused = new Set<PartitionId>();
  #allPaused = false;
  /** Those that the runtime believes to be ours; `#own` is for those being read. */
  #claimed: readonly PartitionId[] = [];
  /** Where those being read, or read until they were given back, began. */
  #begun: Positions = {};
  #own: Map<PartitionId, OwnPartition> | undefined;
  #settling: Promise<unknown> = Promise.resolve();
  #releasing: Promise<void> | undefined;
  /** Changes with each assignment, so that what was begun for an earlier one ends in nothing. */
  #generation = 0;

  constructor(group: string, { offset, share }: Pick<KafkaSourceOptions, 'offset' | 'share'>) {
    this.#group = group;
    this.#start = startOf(offset);
    this.#isShared = share;
  }

  open(host: SourceHost, endpoint: KafkaEndpoint): void {
    this.#host = host;
    this.#endpoint = endpoint;
  }

  know(partitions: readonly PartitionId[], ends: Positions | undefined): void {
    this.#known = new Set(partitions);
    this.ends = ends;
  }

  /** Where each of them was begun in this assignment. */
  get starts(): Positions {
    return this.#begun;
  }

  /** What the group has not heard of yet. Of a shared one, what we knew of it before may be long out of date. */
  newsIn(positions: Positions): Positions {
    const news = Object.entries(positions).filter(
      ([id, position]) =>
        this.#claimed.includes(id) && (!this.#isShared || position > (this.#begun[id] ?? position)),
    );
    return Object.fromEntries(news);
  }

  own(id: PartitionId): OwnPartition | undefined {
    return this.#own?.get(id);
  }

  all(): Iterable<OwnPartition> {
    return this.#own?.values() ?? [];
  }

  /**
   * Whether all partitions have been fetched to their ends, or our share of them. While the group lends some to another
   * member, one that was killed and is not given up yet, their ends are not reached.
   */
  get areAtEnd(): boolean {
    const own = this.#own;
    if (this.ends === undefined || own === undefined) return false;
    const isComplete = this.#isShared || Object.keys(this.ends).every((id) => own.has(id));
    return isComplete && [...own.values()].every(isAtEnd);
  }

  /** Finds out where to read on. Tells whether this is still the assignment in force. */
  settle(ids: readonly PartitionId[], cluster: Cluster): Promise<boolean> {
    const settling = this.#settle(ids, cluster, ++this.#generation);
    this.#settling = settling.catch(() => undefined);
    return settling;
  }

  /** Gives all partitions back: nothing of them is polled from now on, and what was polled is durable when it resolves. */
  release(): Promise<void> {
    this.#releasing ??= this.#release().finally(() => {
      this.#releasing = undefined;
    });
    return this.#releasing;
  }

  pause(id?: PartitionId): void {
    if (id === undefined) this.#allPaused = true;
    else this.#paused.add(id);
    for (const own of this.all()) if (this.#isPaused(own)) this.#tell(own, 'active');
  }

  resume(id?: PartitionId): void {
    if (id === undefined) {
      this.#allPaused = false;
      this.#paused.clear();
    } else this.#paused.delete(id);
  }

  /**
   * Which partitions should be fetched and which should not. One that is paused alone is fetched until enough of it
   * waits: kafkajs throws away what is under way when it is told to pause.
   */
  fetched(sated: ReadonlySet<PartitionId>): { wanted: PartitionId[]; unwanted: PartitionId[] } {
    const { wanted = [], unwanted = [] } = Object.groupBy(this.all(), (own) =>
      this.#allPaused || sated.has(own.id) || isAtEnd(own) ? 'unwanted' : 'wanted',
    );
    return { wanted: wanted.map(({ id }) => id), unwanted: unwanted.map(({ id }) => id) };
  }

  /** All was fetched up to `next`. */
  advance(own: OwnPartition, next: Position, highWatermark: Position): void {
    own.expected = next;
    own.highWatermark = highWatermark;
    this.#tell(own, 'active');
  }

  polled(records: Records): void {
    const own = this.own(records.partition);
    if (own === undefined) return;
    this.#host.lag(own.id, Math.max(0, own.highWatermark - records.next(records.length - 1)));
  }

  unreachable(): void {
    this.#generation++;
    for (const own of this.all()) this.#tell(own, 'unreachable');
  }

  /** The last fetch from this broker brought nothing for whatever still stands at the end of its log, and was polled. */
  tellIdle(cluster: Cluster, nodeId: string, isWaiting: (id: PartitionId) => boolean): void {
    for (const own of this.all()) {
      if (own.status === 'idle' || own.expected < own.highWatermark || this.#isPaused(own)) continue;
      if (isWaiting(own.id)) continue;
      const leaders = cluster.findLeaderForPartitions(own.topic, [own.number]);
      if (leaders[nodeId] !== undefined) this.#tell(own, 'idle');
    }
  }

  /** The error for the first position that is no longer in its log, or not in it yet. */
  async findLost(
    positions: ReadonlyMap<PartitionId, Position>,
    cluster: Cluster,
    ranges?: ReadonlyMap<PartitionId, LogRange>,
  ): Promise<LostRecordsError | undefined> {
    const logs = ranges ?? (await logRanges(cluster, [...positions.keys()]));
    for (const [id, position] of positions) {
      const log = logs.get(id)!;
      // Only committed records may be listed, so a position beyond them need not be beyond the log.
      const latest = position > log.latest ? await this.#logEnd(id, position) : log.latest;
      const lost = lostRecords(id, position, { ...log, latest });
      if (lost !== undefined) return lost;
    }
    return undefined;
  }

  async #settle(ids: readonly PartitionId[], cluster: Cluster, generation: number): Promise<boolean> {
    this.#claimed = ids;
    this.#begun = {};
    const known = await this.#host.assigned(ids);
    const resumeAt = this.#isShared ? await committedOffsets(this.#endpoint, this.#group, ids) : known;
    const ranges = await logRanges(cluster, ids);
    const starts = await this.#startsOf(
      ids.filter((id) => resumeAt[id] === undefined),
      ranges,
      cluster,
    );
    const positions = new Map(ids.map((id) => [id, resumeAt[id] ?? starts[id]!]));
    const lost = await this.#findLostUnlessEnded(positions, ranges, cluster);
    if (generation !== this.#generation) return false;
    if (lost !== undefined) throw lost;
    this.#begun = Object.fromEntries(positions);
    this.#own = new Map(ids.map((id) => [id, this.#ownPartition(id, positions.get(id)!, ranges.get(id)!)]));
    for (const { id, expected, highWatermark } of this.all())
      this.#host.lag(id, Math.max(0, highWatermark - expected));
    return true;
  }

  /** What a bounded read is through with may well be gone. */
  #findLostUnlessEnded(
    positions: ReadonlyMap<PartitionId, Position>,
    ranges: ReadonlyMap<PartitionId, LogRange>,
    cluster: Cluster,
  ): Promise<LostRecordsError | undefined> {
    const open = [...positions].filter(
      ([id, position]) => position < (this.#endOf(id) ?? Number.POSITIVE_INFINITY),
    );
    return this.findLost(new Map(open), cluster, ranges);
  }

  async #release(): Promise<void> {
    this.#generation++;
    this.#own = undefined;
    await this.#settling;
    if (this.#claimed.length > 0) await this.#host.revoked(this.#claimed);
    this.#claimed = [];
  }

  async #startsOf(
    ids: readonly PartitionId[],
    ranges: ReadonlyMap<PartitionId, LogRange>,
    cluster: Cluster,
  ): Promise<Positions> {
    const remembered = this.#start.at === 'committed' ? new Map<PartitionId, Position>() : this.#starts;
    const unknown = ids.filter((id) => this.#known.has(id) && !remembered.has(id));
    const found = await startPositions(this.#start, unknown, ranges, {
      cluster,
      endpoint: this.#endpoint,
      group: this.#group,
    });
    const starts = ids.map((id): [PartitionId, Position] => [
      id,
      remembered.get(id) ?? found[id] ?? ranges.get(id)!.earliest,
    ]);
    for (const [id, position] of starts) this.#starts.set(id, position);
    return Object.fromEntries(starts);
  }

  #ownPartition(id: PartitionId, position: Position, log: LogRange): OwnPartition {
    const { topic, partition } = topicPartition(id);
    const end = this.#endOf(id);
    return {
      id,
      topic,
      number: partition,
      expected: position,
      highWatermark: log.latest,
      end,
      status: 'active',
    };
  }

  /** A bounded read takes nothing of a partition that was not there when it began. */
  #endOf(id: PartitionId): Position | undefined {
    return this.ends && (this.ends[id] ?? 0);
  }

  #isPaused({ id }: OwnPartition): boolean {
    return this.#allPaused || this.#paused.has(id);
  }

  #tell(own: OwnPartition, status: PartitionStatus): void {
    if (own.status === status) return;
    own.status = status;
    this.#host.status(own.id, status);
  }

  async #logEnd(id: PartitionId, position: Position): Promise<Position> {
    const { topic, partition } = topicPartition(id);
    const { clock } = this.#host;
    const since = clock.elapsed();
    for (;;) {
      const offsets = await withAdmin(this.#endpoint, ADMIN_DEADLINE, (admin) =>
        admin.fetchTopicOffsets(topic),
      );
      const end = Number(offsets.find((one) => one.partition === partition)?.high ?? 0);
      if (end >= position || clock.elapsed() - since > LEADER_CATCHES_UP) return end;
      await clock.sleep(LOOK_AGAIN);
    }
  }
}
