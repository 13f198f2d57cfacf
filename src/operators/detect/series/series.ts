import type { Millis } from '../../../clock.ts';
import type { Context } from '../../../component/operator.ts';
import { compareIdentities, type Event, identityOf, type JsonObject, type Value } from '../../../event.ts';
import type { Scalar } from '../../../expression/scalar.ts';
import { numberOf, typeError } from '../../../expression/values.ts';
import { checkReach } from '../../window/grid.ts';
import type { Entry, KeyState, KeyTable } from '../key-table.ts';
import type { Part } from '../part.ts';
import { Timetable } from '../timetable.ts';
import type { Baseline, Judged, Judgement, Method, Sample } from './baseline.ts';

/** A value that waits for its time. */
interface Waiting extends Sample {
  readonly id: string;
}

export interface SeriesState<State> extends KeyState {
  /** By time, those of equal time by identity. */
  readonly waiting: Waiting[];
  /** Until then no alert is given. */
  quietUntil: Millis;
  baseline: State;
}

export interface SeriesParts<State> {
  readonly node: string;
  readonly detector: string;
  readonly field: string;
  readonly read: Scalar;
  readonly method: Method<State>;
  /** How far before a value the window begins that it is compared with; 0 where that is one of the values' times. */
  readonly reach: Millis;
  /** What the expected value is. */
  readonly expects: 'mean' | 'median' | 'value';
  readonly table: KeyTable<SeriesState<State>>;
  readonly threshold: number;
  readonly minSamples: number;
  readonly cooldown: Millis;
  /** Whether every event's score is given, rather than alerts alone. */
  readonly scores: boolean;
}

/** Compares each value of a key with those before it, in the order of event time, behind the watermark. */
export class Series<State> implements Part {
  readonly #parts: SeriesParts<State>;
  readonly #times = new Timetable<Entry<SeriesState<State>>>();
  /** When nothing is left of a key, if nothing comes; an entry that is too early is put off. */
  readonly #emptied = new Timetable<Entry<SeriesState<State>>>();
  readonly #baselines = new Map<Entry<SeriesState<State>>, Baseline<State>>();
  /** Of the event last read. */
  #value = 0;

  constructor(parts: SeriesParts<State>) {
    this.#parts = parts;
  }

  get horizon(): Millis {
    return this.#times.horizon;
  }

  read(event: Event, time: Millis): boolean {
    const { read, table, field, reach } = this.#parts;
    const given = read(event);
    if (given === null) return false;
    const value = numberOf(given);
    if (value === undefined) throw typeError(`${field} must be a number${wayOut(field, given)}`, given);
    if (!Number.isFinite(value)) return false;
    checkReach(time, reach);
    table.read(event);
    this.#value = value;
    return true;
  }

  keep(event: Event, time: Millis): void {
    const { table } = this.#parts;
    const entry = table.current();
    const { waiting } = table.edit(entry);
    const sample = { time, value: this.#value, id: identityOf(event) };
    let index = waiting.length;
    while (index > 0 && isBefore(sample, waiting[index - 1]!)) index--;
    const isPlanned = waiting[index - 1]?.time === time || waiting[index]?.time === time;
    waiting.splice(index, 0, sample);
    if (!isPlanned) this.#times.plan(entry, time);
  }

  advance(watermark: Millis, context: Context): void {
    this.#times.run(watermark, (entry, at) => this.#judgeAll(entry, at, context));
    this.#emptied.run(watermark, (entry, at) => this.#empty(entry, at));
  }

  restored(): void {
    const { table, method } = this.#parts;
    for (const entry of table.restore()) {
      const { waiting, baseline } = entry.state;
      const restored = method.baseline();
      restored.restore(baseline);
      this.#baselines.set(entry, restored);
      for (const time of new Set(waiting.map((sample) => sample.time))) this.#times.plan(entry, time);
      this.#planEmpty(entry);
    }
  }

  /** Those of one time are all compared with what came before it, and with none of them. */
  #judgeAll(entry: Entry<SeriesState<State>>, at: Millis, context: Context): void {
    const state = this.#parts.table.edit(entry);
    const baseline = this.#baselineOf(entry);
    const { waiting } = state;
    if (waiting[1]?.time !== at) {
      const sample = waiting.shift()!;
      const judged = this.#judge(baseline, state, sample);
      this.#tell(entry, state, sample, judged, context);
      baseline.add(state.baseline, sample, judged);
      return;
    }
    let count = 2;
    while (waiting[count]?.time === at) count++;
    const samples = waiting.splice(0, count);
    const judged = samples.map((sample) => this.#judge(baseline, state, sample));
    for (const [index, sample] of samples.entries()) {
      this.#tell(entry, state, sample, judged[index]!, context);
      baseline.add(state.baseline, sample, judged[index]!);
    }
  }

  #judge(baseline: Baseline<State>, state: SeriesState<State>, sample: Waiting): Judged {
    const judgement = baseline.judge(state.baseline, sample);
    return { judgement, isStrange: this.#isStrange(judgement) };
  }

  #isStrange(judgement: Judgement | undefined): boolean {
    const { minSamples, threshold } = this.#parts;
    if (judgement === undefined || judgement.samples < minSamples) return false;
    return judgement.score === null || Math.abs(judgement.score) > threshold;
  }

  #tell(
    entry: Entry<SeriesState<State>>,
    state: SeriesState<State>,
    sample: Waiting,
    { judgement, isStrange }: Judged,
    context: Context,
  ): void {
    const { threshold, minSamples, cooldown, scores } = this.#parts;
    const known = judgement !== undefined && judgement.samples >= minSamples ? judgement : undefined;
    const isAlert = isStrange && sample.time >= state.quietUntil;
    if (isAlert) state.quietUntil = sample.time + cooldown;
    if (scores)
      this.#emit(
        entry,
        sample,
        { ...this.#compared(sample, known), score: this.#likeness(known), alert: isAlert },
        context,
      );
    else if (isAlert)
      this.#emit(
        entry,
        sample,
        { ...this.#compared(sample, known), score: known!.score, threshold },
        context,
      );
  }

  #compared(sample: Sample, judgement: Judgement | undefined): JsonObject {
    return {
      ...this.#windowOf(sample, judgement),
      expected: judgement?.expected ?? null,
      ...(this.#parts.expects === 'mean' && { mean: judgement?.expected ?? null }),
      deviation: judgement?.deviation ?? null,
      samples: judgement?.samples ?? 0,
    };
  }

  /** What the value was compared with: [start, end). */
  #windowOf({ time }: Sample, judgement: Judgement | undefined): JsonObject {
    const since = judgement?.since;
    return { window_start: since === undefined ? null : new Date(since), window_end: new Date(time) };
  }

  /** From 0, as expected, over 0.5, at the threshold, to 1. */
  #likeness(judgement: Judgement | undefined): number {
    if (judgement === undefined) return 0;
    if (judgement.score === null) return 1;
    const distance = Math.abs(judgement.score);
    return Number.isFinite(distance) ? distance / (distance + this.#parts.threshold) : 1;
  }

  #emit(
    entry: Entry<SeriesState<State>>,
    { time, value, id }: Waiting,
    compared: JsonObject,
    context: Context,
  ): void {
    const { node, detector, field, table } = this.#parts;
    const fields = table.fieldsOf(entry);
    context.emitResult({
      value: { ...fields, detector, field, time: new Date(time), value, ...compared },
      time,
      id: `${node}/${id}`,
    });
  }

  #empty(entry: Entry<SeriesState<State>>, at: Millis): void {
    const { table } = this.#parts;
    if (!table.has(entry)) return;
    const { state } = entry;
    if (state.waiting.length > 0 || this.#emptyAt(entry) > at) {
      this.#planEmpty(entry);
      return;
    }
    table.forget(entry);
    this.#baselines.delete(entry);
  }

  #emptyAt(entry: Entry<SeriesState<State>>): Millis {
    const { baseline, quietUntil, waiting } = entry.state;
    const last = waiting.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    return Math.max(this.#baselineOf(entry).emptyAt(baseline), quietUntil, last + 1);
  }

  #planEmpty(entry: Entry<SeriesState<State>>): void {
    const at = this.#emptyAt(entry);
    if (at < Number.POSITIVE_INFINITY) this.#emptied.plan(entry, at);
  }

  #baselineOf(entry: Entry<SeriesState<State>>): Baseline<State> {
    const known = this.#baselines.get(entry);
    if (known !== undefined) return known;
    const baseline = this.#parts.method.baseline();
    this.#baselines.set(entry, baseline);
    this.#planEmpty(entry);
    return baseline;
  }
}

function isBefore(one: Waiting, other: Waiting): boolean {
  return one.time === other.time ? compareIdentities(one.id, other.id) < 0 : one.time < other.time;
}

/** CSV has nothing but text. */
function wayOut(field: string, given: Value): string {
  const isNumeric = typeof given === 'string' && given.trim() !== '' && Number.isFinite(Number(given));
  return isNumeric ? `, which CAST(${field} AS DOUBLE) makes of it` : '';
}

export function copyOfSeries<State>(state: SeriesState<State>, method: Method<State>): SeriesState<State> {
  return { ...state, waiting: state.waiting.slice(), baseline: method.clone(state.baseline) };
}
