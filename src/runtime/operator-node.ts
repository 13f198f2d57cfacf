import type { StateDelta, StatePart } from '../checkpoint/store.ts';
import type { Millis } from '../clock.ts';
import type { Context, Operator, Result, StagedPart } from '../component/operator.ts';
import { DataError } from '../errors.ts';
import { Event } from '../event.ts';
import { NodeCounters } from '../metrics/counters.ts';
import type { PlannedOperator } from '../plan/model.ts';
import type { KeyedState } from '../state/keyed-state.ts';
import { AbsentFields } from './absent-fields.ts';
import type { LetterBox } from './letters.ts';
import type { Narrowing } from './narrowing.ts';
import { PartContext } from './part-context.ts';
import { type Receiver, remove } from './receiver.ts';
import { ResultRecords } from './result-records.ts';
import { type StageOutput, StageQueue, type StageQueueHost } from './stage-queue.ts';
import type { TimeOrigin } from './time-origin.ts';

/** A keyed state whose values only its operator knows. */
export type AnyState = Pick<KeyedState<unknown>, 'size' | 'sweep' | 'freeze' | 'saved' | 'restore'>;

export interface BuiltOperator {
  readonly planned: PlannedOperator;
  readonly operator: Operator;
  readonly states: ReadonlyMap<string, AnyState>;
}

/** What nodes need of the engine. */
export interface NodeHost extends StageQueueHost {
  readonly narrowing: Narrowing;
}

/** One operator in the graph, and the context that it sees. */
export class OperatorNode implements Context, TimeOrigin {
  watermark: Millis = Number.NEGATIVE_INFINITY;
  readonly counters: NodeCounters;
  readonly listeners: ((watermark: Millis) => void)[] = [];
  /** Whether it decides about time itself: else watermarks pass it by. */
  readonly isTimeOrigin: boolean;
  /** Of the events that it leaves out; undefined where it leaves none out by its fields. */
  readonly leftOut: AbsentFields | undefined;
  /** Of all events, by the input that they come in by. */
  readonly read: readonly AbsentFields[];
  readonly #operator: Operator;
  readonly #states: ReadonlyMap<string, AnyState>;
  readonly #planned: PlannedOperator;
  readonly #letters: LetterBox;
  readonly #narrowing: Narrowing;
  readonly #receivers: Receiver[] = [];
  readonly #ports = new Map<string, Receiver[]>();
  readonly #inputWatermarks: Float64Array;
  #heldBefore: Millis = 0;
  /** The input that the event at hand came in by. */
  #port = 0;
  /** The event at hand, as it came in; null while time alone moves on. */
  #root: Event | null = null;
  /** What the operator's first part sees. */
  readonly #entry: Context;
  /** The operator's stages, in order. */
  readonly stages: readonly StageQueue[];
  /** When the newest event was read: results are as old as what completed them. */
  #readAt: Millis = 0;

  constructor({ planned, operator, states }: BuiltOperator, letters: LetterBox, host: NodeHost) {
    this.#planned = planned;
    this.#operator = operator;
    this.#states = states;
    this.#letters = letters;
    this.#narrowing = host.narrowing;
    this.counters = new NodeCounters(planned.spec.name, 'operator', planned.spec.type);
    const decidesBy = planned.definition.decidesBy?.(planned.spec.options) ?? [];
    this.leftOut = decidesBy.length === 0 ? undefined : new AbsentFields(decidesBy);
    const read = planned.definition.reads?.(planned.spec.options, planned.spec) ?? [];
    this.read = read.map((paths) => new AbsentFields(paths));
    const parts = operator.stages ?? [];
    this.stages = parts.map(
      ({ stage }, index) => new StageQueue(stage, this.counters, this.#outputOf(parts, index), host),
    );
    this.isTimeOrigin = operator.advance !== undefined || planned.inputs.length > 1 || this.stages.length > 0;
    this.#entry = this.#contextBefore(0, parts.length);
    this.#inputWatermarks = new Float64Array(planned.inputs.length).fill(Number.NEGATIVE_INFINITY);
  }

  receive(event: Event, port: number): void {
    this.counters.in++;
    if (this.read.length > 0) this.read[port]!.see(event);
    this.#readAt = event.origin.readAt;
    this.#port = port;
    this.#root = event;
    try {
      this.#operator.process(event, this.#entry, port);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.reject(event, error);
    }
    this.#root = null;
  }

  get behind(): Millis {
    return this.#heldBefore + (this.#operator.hold ?? 0);
  }

  /** In the sources' time: what it holds back does not count. */
  get horizon(): Millis {
    return (this.#operator.horizon ?? Number.NEGATIVE_INFINITY) + this.#heldBefore;
  }

  /** Notes that watermarks come from there. */
  followTime(origin: TimeOrigin): void {
    this.#heldBefore = Math.max(this.#heldBefore, origin.behind);
  }

  /** The watermark of one input moved; the node's own is the smallest of all. */
  advanceInput(input: number, watermark: Millis): void {
    this.#inputWatermarks[input] = watermark;
    let least = Number.POSITIVE_INFINITY;
    for (const each of this.#inputWatermarks) if (each < least) least = each;
    if (least <= this.watermark) return;
    this.watermark = least;
    this.#operator.advance?.(least, this.#entry);
    this.#passOn(least);
  }

  /** See `Operator.period`. */
  get period(): Millis | undefined {
    return this.#operator.period;
  }

  tick(): void {
    this.#operator.tick?.(this.#entry);
  }

  /** What comes out of a stage goes through the part behind it, and into the next stage or out. */
  #outputOf(parts: readonly StagedPart[], index: number): StageOutput {
    const { name, rest } = parts[index]!;
    const context = this.#contextBefore(index + 1, parts.length);
    const pass = (event: Event) => {
      try {
        rest.process(event, context, 0);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        this.reject(event, error);
      }
    };
    return {
      outcome: (outcome, event, root, attempts) => {
        this.#root = root;
        if (outcome instanceof DataError) this.reject(event, inStep(name, outcome), attempts);
        else if (outcome instanceof Event) pass(outcome);
        else if (outcome === null || outcome.length === 0) this.filtered(event);
        else {
          this.made(outcome.length - 1);
          for (const each of outcome) pass(each);
        }
        this.#root = null;
      },
      results: (results) => {
        this.made(results.length);
        for (const result of results) context.emitResult(result);
      },
      watermark: (watermark) => {
        rest.advance?.(watermark, context);
        this.#passOn(watermark, index + 1);
      },
    };
  }

  /** What the part in front of a stage sees: what it emits goes into the stage. Behind the last stage it is the node. */
  #contextBefore(index: number, stages: number): Context {
    if (index === stages) return this;
    const into = (event: Event) => this.stages[index]!.push(event, this.#root ?? event);
    return new PartContext(this, into);
  }

  /** The watermark goes on behind the events that stand before it in the stages. */
  #passOn(watermark: Millis, from = 0): void {
    const stage = this.stages[from];
    if (stage !== undefined) stage.pushWatermark(watermark);
    else for (const listener of this.listeners) listener(watermark - (this.#operator.hold ?? 0));
  }

  emit(event: Event, port?: string): void {
    if (this.#narrowing.isActive && !this.#isWanted(event)) return;
    this.counters.out++;
    const receivers = port === undefined ? this.#receivers : this.#ports.get(port);
    if (receivers === undefined) return;
    for (const receive of receivers) receive(event);
  }

  emitResult(result: Result, port?: string): void {
    const { value, time, id, change, firing, final } = result;
    const records = new ResultRecords(value, time);
    const origin = { source: this.counters.name, records, readAt: this.#readAt };
    this.emit(new Event(value, time, origin, 0, id, change, firing, final), port);
  }

  filtered(event: Event): void {
    if (!this.#isWanted(event)) return;
    this.counters.filtered++;
    this.leftOut?.see(event);
  }

  made(more: number): void {
    this.counters.made += more;
  }

  late(event: Event): void {
    const receivers = this.#ports.get('late') ?? [];
    // A letter that would come to nothing is kept.
    const isLost = receivers.length === 0 && this.#narrowing.isActive && this.#narrowing.isReplayed(event);
    if (isLost) this.#narrowing.late++;
    if (isLost || this.#planned.spec.on_late === 'dead_letter') {
      this.reject(event, new DataError('late', 'it came after its time had passed'));
      return;
    }
    this.counters.late++;
    for (const receive of receivers) receive(event);
  }

  partlyLate(): void {
    this.counters.partlyLate++;
  }

  reject(event: Event, error: DataError, attempts = 1): void {
    if (!this.#isWanted(event)) return;
    const given = this.#givenFor(event);
    const how = { given, attempts, port: this.#port };
    this.#letters.reject(this.counters, this.#planned.spec.on_error, event, error, how);
  }

  /** What the node was given, if the event at hand was made of that. */
  #givenFor(event: Event): Event {
    const root = this.#root;
    return root !== null && root.origin === event.origin && root.index === event.index ? root : event;
  }

  /** While letters are replayed: whether the event is, or comes from, one that was refused. */
  #isWanted(event: Event): boolean {
    if (!this.#narrowing.isActive || this.#narrowing.isWanted(event)) return true;
    // It was counted when it came first.
    this.counters.made--;
    return false;
  }

  /** Whether what gives nothing is absorbed. */
  get absorbs(): boolean {
    return this.#planned.definition.absorbs === true;
  }

  /** Whether events end in its state, and what leaves it are results made of that. */
  get makesResults(): boolean {
    return this.#planned.definition.results !== undefined;
  }

  /** Keys in state; null for a node that keeps none. */
  get stateKeys(): number | null {
    if (this.#states.size === 0) return null;
    let keys = 0;
    for (const state of this.#states.values()) keys += state.size;
    return keys;
  }

  freeze(): StateDelta[] {
    return [...this.#states].map(([state, keyed]) => ({
      node: this.counters.name,
      state,
      turned: keyed.sweep(),
      changes: keyed.freeze(),
    }));
  }

  /** What was frozen last is saved. */
  saved(): void {
    for (const keyed of this.#states.values()) keyed.saved();
  }

  restore({ state, keys, values }: StatePart): void {
    this.#states.get(state)?.restore(keys, values);
  }

  restored(): void {
    this.#operator.restored?.();
  }

  connect(port: string | null, receiver: Receiver): void {
    if (port === null) this.#receivers.push(receiver);
    else this.#ports.set(port, [...(this.#ports.get(port) ?? []), receiver]);
  }

  disconnect(port: string | null, receiver: Receiver): void {
    remove(receiver, port === null ? this.#receivers : this.#ports.get(port));
    if (port !== null && this.#ports.get(port)?.length === 0) this.#ports.delete(port);
  }
}

function inStep(step: string | undefined, error: DataError): DataError {
  if (step === undefined) return error;
  const { code, message, retryable } = error;
  return new DataError(code, message, { retryable, step, cause: error });
}
