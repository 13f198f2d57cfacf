import type { Method, Span } from './series/baseline.ts';
import { RateOfChange } from './series/change.ts';
import { exponentiallyWeighted } from './series/ewma.ts';
import { overWindow } from './series/history.ts';
import { nearestNeighbours } from './series/knn.ts';
import { MedianDeviation, QuartileRange } from './series/ranked.ts';
import { ZScore } from './series/z-score.ts';

/** One way to find strange values, as options name it. */
export interface Detector {
  /** One line, lower case, no full stop. */
  readonly summary: string;
  /** Scores beyond it are alerts; without one it must be given. */
  readonly threshold: number | undefined;
  readonly minSamples: number;
  /** Whether how much of the past counts can be given as a time. */
  readonly takesWindow: boolean;
  /** How many of the newest values count where nothing is said, and the fewest one may say; undefined: it is no choice. */
  readonly last: { readonly usual: number; readonly least: number } | undefined;
  readonly expects: 'mean' | 'median' | 'value';
  method(span: Span): Method<unknown>;
}

/** So many values were the best for z-scores on one half of the Numenta Anomaly Benchmark. */
const WINDOW = { takesWindow: true, last: { usual: 6400, least: 2 } } as const;

export const detectors = {
  zscore: define({
    summary: 'values that are many sample deviations from the mean of the window before them',
    threshold: 3,
    minSamples: 10,
    ...WINDOW,
    expects: 'mean',
    method: (span) => overWindow(span, () => new ZScore()),
  }),
  mad: define({
    summary: 'values that are many median absolute deviations from the median of the window before them',
    threshold: 3.5,
    minSamples: 10,
    ...WINDOW,
    expects: 'median',
    method: (span) => overWindow(span, () => new MedianDeviation()),
  }),
  iqr: define({
    summary: 'values that are many interquartile ranges outside the middle half of the window before them',
    threshold: 1.5,
    minSamples: 10,
    ...WINDOW,
    expects: 'median',
    method: (span) => overWindow(span, () => new QuartileRange()),
  }),
  ewma: define({
    summary: 'values that are many deviations from a mean in which older values weigh less',
    threshold: 3,
    minSamples: 10,
    ...WINDOW,
    expects: 'mean',
    method: exponentiallyWeighted,
  }),
  knn: define({
    summary:
      'values with which a series takes a shape that is rare: one in so many is as far from those before it',
    threshold: 65,
    minSamples: 30,
    takesWindow: false,
    last: { usual: 300, least: 60 },
    expects: 'value',
    method: ({ count }) => nearestNeighbours(count),
  }),
  rate: define({
    summary: 'values that change faster than this, per second, since the one before',
    threshold: undefined,
    minSamples: 1,
    takesWindow: true,
    last: undefined,
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
