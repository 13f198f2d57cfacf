import type { Millis } from '../../../clock.ts';

/** One value of a series. */
export interface Sample {
  readonly time: Millis;
  readonly value: number;
}

/** A value beside what the values before it let one expect. */
export interface Verdict {
  /** What the values before it let one expect. */
  readonly expected: number;
  /** How far they are spread, or how far the value is from the last one, or from the most like it. */
  readonly deviation: number;
  /** How far the value is from what was expected, measured by the deviation; null where that is 0. */
  readonly score: number | null;
}

/** A value beside what came before it. */
export interface Judgement extends Verdict {
  /** How many values it was compared with. */
  readonly samples: number;
  /** Where the window before the value begins; undefined if it has no beginning. */
  readonly since: Millis | undefined;
}

/** What was thought of a value. */
export interface Judged {
  /** Undefined if there was nothing to compare it with. */
  readonly judgement: Judgement | undefined;
  /** Whether its score is beyond the threshold, and those before it were enough. */
  readonly isStrange: boolean;
}

/** What one key's values are compared with. `State` is what a checkpoint keeps of it. */
export interface Baseline<State> {
  /** Undefined if there is nothing to compare with. Values older than the window at `sample.time` don't count. */
  judge(state: State, sample: Sample): Judgement | undefined;
  /** Samples come in the order of their times; those of one time when all of them have been judged. */
  add(state: State, sample: Sample, judged: Judged): void;
  /** Rebuilds what follows from the state. */
  restore(state: State): void;
  /** The time from which the state is as if no sample had ever come, if none comes. */
  emptyAt(state: State): Millis;
}

/** A way to tell strange values from others. */
export interface Method<State> {
  create(): State;
  clone(state: State): State;
  /** A baseline without samples. */
  baseline(): Baseline<State>;
}

/** How much of the past counts: all that is at most `length` old, and no more than the newest `count`. */
export interface Span {
  readonly length: Millis;
  readonly count: number;
}
