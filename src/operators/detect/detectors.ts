import type { Method, Span } from './series/baseline.ts';
import { RateOfChange } from './series/change.ts';
import { exponentiallyWeighted } from './series/ewma.ts';
import { overWindow } from './series/history.ts';
import { MedianDeviation, QuartileRange } from './series/ranked.ts';
import { ZScore } from './series/z-score.ts';

/** One way to find strange values, as options name it. */
export interface Detector {
  /** One line, lower case, no full stop. */
  readonly summary: string;
  /** Scores beyond it are alerts; without one it must be given. */
  readonly threshold: number | undefined;
  readonly minSamples: number;
  /** Whether it must be told how much of the past counts. */
  readonly needsSpan: boolean;
  readonly expects: 'mean' | 'median' | 'value';
  method(span: Span): Method<unknown>;
}

export const detectors = {
  zscore: define({
    summary: 'values that are many sample deviations from the mean of the window before them',
    threshold: 3,
    minSamples: 10,
    needsSpan: true,
    expects: 'mean',
    method: (span) => overWindow(span, () => new ZScore()),
  }),
  mad: define({
    summary: 'values that are many median absolute deviations from the median of the window before them',
    threshold: 3.5,
    minSamples: 10,
    needsSpan: true,
    expects: 'median',
    method: (span) => overWindow(span, () => new MedianDeviation()),
  }),
  iqr: define({
    summary: 'values that are many interquartile ranges outside the middle half of the window before them',
    threshold: 1.5,
    minSamples: 10,
    needsSpan: true,
    expects: 'median',
    method: (span) => overWindow(span, () => new QuartileRange()),
  }),
  ewma: define({
    summary: 'values that are many deviations from a mean in which older values weigh less',
    threshold: 3,
    minSamples: 10,
    needsSpan: true,
    expects: 'mean',
    method: exponentiallyWeighted,
  }),
  rate: define({
    summary: 'values that change faster than this, per second, since the one before',
    threshold: undefined,
    minSamples: 1,
    needsSpan: false,
    expects: 'value',
    method: (span) => overWindow({ ...span, count: 1 }, () => new RateOfChange()),
  }),
} as const;

export type DetectorName = keyof typeof detectors;
export const detectorNames = Object.keys(detectors) as readonly DetectorName[];

/** Checks the detector's own type of state; the table holds them with it erased. */
function define<State>(detector: Omit<Detector, 'method'> & { method(span: Span): Method<State> }): Detector {
  return detector as unknown as Detector;
}
