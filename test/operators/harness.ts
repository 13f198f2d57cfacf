import { deserialize, serialize } from 'node:v8';
import type { OperatorBuild, OperatorDefinition } from '../../src/component/define.ts';
import type { Context, Operator, Result } from '../../src/component/operator.ts';
import { DataError } from '../../src/errors.ts';
import { Event, type JsonObject, type Records } from '../../src/event.ts';
import { SourceWatermark } from '../../src/runtime/watermark.ts';
import { KeyedState, type StateChange, type StateType } from '../../src/state/keyed-state.ts';

export interface Emitted extends Result {
  readonly port: string | null;
}

export interface Settings {
  /** As in a jobfile. */
  readonly options: Record<string, unknown>;
  readonly key?: readonly string[];
  /** The nodes that it reads. */
  readonly inputs?: readonly string[];
  /** What is known of them. */
  readonly shapes?: OperatorBuild['shapes'];
  /** How far the watermark runs behind. */
  readonly delay?: number;
}

/** What a checkpoint holds: serialized, so that nothing in it is shared with the running operator. */
interface Saved {
  readonly states: () => Map<string, Map<string, Buffer>>;
  readonly watermark: number;
  readonly newest: Record<string, number>;
  readonly pushed: number;
  readonly emitted: number;
  readonly late: number;
}

/** One operator, driven as the runtime drives it: every event, then the watermark after it. */
export class Harness implements Context {
  watermark = Number.NEGATIVE_INFINITY;
  readonly emitted: Emitted[] = [];
  readonly lateEvents: Event[] = [];
  readonly rejected: { readonly event: Event; readonly error: DataError }[] = [];
  readonly passedOver: Event[] = [];
  partlyLateEvents = 0;
  operator!: Operator;
  #pushed = 0;
  #source: SourceWatermark;
  #states = new Map<string, KeyedState<unknown>>();
  readonly #stored = new Map<string, Map<string, Buffer>>();
  #writeFrozen: () => unknown = () => undefined;
  readonly #definition: OperatorDefinition;
  readonly #settings: Settings;

  private constructor(definition: OperatorDefinition, settings: Settings) {
    this.#definition = definition;
    this.#settings = settings;
    this.#source = this.#newSource();
  }

  static async of(definition: OperatorDefinition, settings: Settings): Promise<Harness> {
    const harness = new Harness(definition, settings);
    await harness.#build();
    return harness;
  }

  /** An event with this value and time, and then the watermark that follows from it. */
  push(value: JsonObject | null, time: number | null, more: Partial<Event> & { port?: number } = {}): void {
    const { id = null, change, firing, final, port = 0 } = more;
    const partition = partitionOf(port);
    const event = new Event(value, time, originAt(partition, this.#pushed++), 0, id, change, firing, final);
    try {
      this.operator.process(event, this, port);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.reject(event, error);
    }
    if (time !== null) this.#source.observe(partition, time);
    this.#advance();
  }

  /** The end of a bounded input. */
  end(): void {
    this.#source.end();
    this.#advance();
  }

  get stateSizes(): Record<string, number> {
    return Object.fromEntries([...this.#states].map(([id, state]) => [id, state.size]));
  }

  /** Takes a checkpoint; it is written as late as can be, while the operator goes on. */
  checkpoint(): Saved {
    this.#writeFrozen();
    const frozen = [...this.#states].map(([id, state]) => [id, state.freeze()] as const);
    let states: ReturnType<Saved['states']> | undefined;
    const write = () => {
      states ??= this.#written(frozen);
      return states;
    };
    this.#writeFrozen = write;
    return {
      states: write,
      watermark: this.watermark,
      newest: this.#source.newest(),
      pushed: this.#pushed,
      emitted: this.emitted.length,
      late: this.lateEvents.length,
    };
  }

  /** Kills the operator; a new one goes on from the checkpoint, after which all output is undone. */
  async recover(saved: Saved): Promise<void> {
    const states = saved.states();
    this.#writeFrozen = () => undefined;
    this.#stored.clear();
    for (const [id, entries] of states) this.#stored.set(id, new Map(entries));
    this.watermark = saved.watermark;
    this.#pushed = saved.pushed;
    this.emitted.length = saved.emitted;
    this.lateEvents.length = saved.late;
    this.#source = this.#newSource(saved.newest);
    await this.#build();
    for (const [id, entries] of states) {
      // Stores keep no order: this is not the one in which keys came.
      this.#states
        .get(id)!
        .restore([...entries.keys()], () => [...entries.values()].map((bytes) => deserialize(bytes)));
    }
    this.operator.restored?.();
    // As the runtime does before the first event.
    if (this.watermark > Number.NEGATIVE_INFINITY) this.operator.advance?.(this.watermark, this);
  }

  #written(frozen: readonly (readonly [string, readonly StateChange[]])[]) {
    for (const [id, changes] of frozen) {
      const stored = this.#stored.get(id) ?? new Map<string, Buffer>();
      this.#stored.set(id, stored);
      for (const { key, value } of changes.toReversed()) {
        if (value === undefined) stored.delete(key);
        else stored.set(key, serialize(value));
      }
      this.#states.get(id)!.saved();
    }
    return new Map([...this.#stored].map(([id, entries]) => [id, new Map(entries)]));
  }

  emit(event: Event, port?: string): void {
    const { value, time, id, change, firing, final } = event;
    this.emitted.push({ value: value!, time, id: id!, change, firing, final, port: port ?? null });
  }

  emitResult(result: Result, port?: string): void {
    this.emitted.push({ ...result, port: port ?? null });
  }

  filtered(event: Event): void {
    this.passedOver.push(event);
  }

  late(event: Event): void {
    this.lateEvents.push(event);
  }

  partlyLate(): void {
    this.partlyLateEvents++;
  }

  reject(event: Event, error: DataError): void {
    this.rejected.push({ event, error });
  }

  /** Each input has a partition of its own. */
  #newSource(newest: Readonly<Record<string, number>> = {}): SourceWatermark {
    const { delay = 0, inputs = ['in'] } = this.#settings;
    const source = new SourceWatermark(delay, this.watermark);
    for (const port of inputs.keys()) source.add(partitionOf(port), newest[partitionOf(port)]);
    return source;
  }

  async #build(): Promise<void> {
    this.#states = new Map();
    const build: OperatorBuild = {
      name: 'node',
      job: 'test',
      key: this.#settings.key ?? [],
      inputs: this.#settings.inputs ?? ['in'],
      shapes: this.#settings.shapes ?? [],
      state: <T>(id: string, type: StateType<T>) => {
        const state = new KeyedState(type);
        this.#states.set(id, state as KeyedState<unknown>);
        return state;
      },
    };
    const options = this.#definition.options.parse(this.#settings.options);
    this.operator = await this.#definition.build(options, build);
  }

  #advance(): void {
    const { current } = this.#source;
    if (current <= this.watermark) return;
    this.watermark = current;
    this.operator.advance?.(current, this);
  }
}

function partitionOf(port: number): string {
  return port === 0 ? 'p' : `p${port}`;
}

function originAt(partition: string, offset: number): Event['origin'] {
  const records = { partition, length: 1, offset: () => offset, timestamp: () => null };
  return { source: 'test', records: records as unknown as Records, readAt: 0 };
}
