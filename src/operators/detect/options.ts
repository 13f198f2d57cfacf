import { z } from 'zod';
import { duration, names } from '../../component/options.ts';
import { SpecError } from '../../errors.ts';
import { expressionOption } from '../../expression/option.ts';
import { type DetectorName, detectorNames, detectors } from './detectors.ts';
import { parsePattern } from './pattern/grammar.ts';

const series = Object.fromEntries(
  detectorNames.map((name) => [
    name,
    expressionOption().optional().describe(`a value, to find ${detectors[name].summary}`),
  ]),
) as Record<DetectorName, z.ZodOptional<ReturnType<typeof expressionOption>>>;

const patterns = z
  .array(
    z.strictObject({
      name: z.string().min(1).describe('what its alerts say'),
      condition: patternOption().describe('the pattern'),
      key: names('must be a field or a list of fields')
        .optional()
        .describe("its key; the node's own if left out"),
    }),
  )
  .min(1);

export const detectOptions = z
  .strictObject({
    pattern: patternOption()
      .optional()
      .describe("COUNT(*) > 10 IN 30s WHERE action = 'click', or a THEN b IN 5m, or a THEN NOT b IN 5m"),
    patterns: patterns
      .optional()
      .describe('several patterns with names, each with a key of its own if need be'),
    ...series,
    missing: span().optional().describe('a key is quiet for so long'),
    window: span().optional().describe('how much of the past a value is compared with, as a time'),
    last: count()
      .optional()
      .describe(
        `how much of the past a value is compared with, as a number of values; without a window ${usualCounts()}`,
      ),
    threshold: z.number().positive().optional().describe('the score beyond which a value is strange'),
    min_samples: count().optional().describe('values before the first that can be strange'),
    cooldown: duration().default(0).describe('after an alert, a key is given no other for so long'),
    scores: z.boolean().default(false).describe('every value and its score, from 0 to 1, instead of alerts'),
  })
  .superRefine((options, context) => {
    const problem = (path: string | null, message: string) => {
      const at = path === null ? [] : [path];
      context.addIssue({ code: 'custom', path: at, message, params: { besideOthers: true } });
    };
    const kinds = ['pattern', 'patterns', 'missing', ...detectorNames] as const;
    const given = kinds.filter((kind) => options[kind] !== undefined);
    const [kind, another] = given;
    if (kind === undefined) return problem(null, `needs one of ${kinds.join(', ')}`);
    if (another !== undefined) return problem(another, `a node looks either for ${kind} or for ${another}`);
    const detector = isDetector(kind) ? detectors[kind] : undefined;
    if (detector === undefined) {
      const odd = (['window', 'last', 'threshold', 'min_samples'] as const).find(
        (name) => options[name] !== undefined,
      );
      if (odd !== undefined) problem(odd, `is for ${detectorNames.join(', ')}`);
      if (options.scores) problem('scores', `are for ${detectorNames.join(', ')}`);
      if (options.cooldown > 0) problem('cooldown', `is for ${detectorNames.join(', ')}`);
      return;
    }
    const { last } = detector;
    if (options.window !== undefined && !detector.takesWindow)
      problem('window', `${kind} counts values: say "last", for example last: ${last?.usual}`);
    if (options.last !== undefined && last === undefined)
      problem('last', `${kind} compares a value with the one before it alone`);
    if (options.last !== undefined && last !== undefined && options.last < last.least)
      problem('last', `must be at least ${last.least} for ${kind}`);
    if (detector.threshold === undefined && options.threshold === undefined)
      problem(kind, 'needs "threshold" beside it');
  });

export type DetectOptions = z.output<typeof detectOptions>;

/** `6400 for zscore, …` */
function usualCounts(): string {
  const counts = Map.groupBy(detectorNames, (name) => detectors[name].last?.usual);
  return [...counts]
    .flatMap(([usual, names]) => (usual === undefined ? [] : `${usual} for ${names.join(', ')}`))
    .join(' and ');
}

/** The detector that the options name; undefined where they look for something else. */
export function detectorIn(options: DetectOptions): DetectorName | undefined {
  return detectorNames.find((name) => options[name] !== undefined);
}

function isDetector(kind: string): kind is DetectorName {
  return Object.hasOwn(detectors, kind);
}

/** A pattern; it stays the text that it was. */
function patternOption() {
  return z.string('must be a pattern, as text').superRefine((text, context) => {
    try {
      parsePattern(text);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      const hint = error.hint === undefined ? '' : `; ${error.hint}`;
      const message = `at ${error.place}: ${error.message}${hint}`;
      context.addIssue({ code: 'custom', message, params: { problem: error } });
    }
  });
}

/** A duration that is not empty. */
function span() {
  return duration().refine((length) => length > 0, 'must be longer than 0');
}

function count() {
  return z.number().int('must be a whole number').min(1);
}
