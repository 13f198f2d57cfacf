/** A function over all events of a window or of a pattern's time. */
export interface AggregateFunction {
  /** How many arguments it takes; `count` takes `*` too. */
  readonly arguments: number;
  readonly signature: string;
  readonly summary: string;
}

/** The aggregates that the grammar knows; what they compute is the windows' business. */
export const aggregateFunctions: ReadonlyMap<string, AggregateFunction> = new Map(
  Object.entries({
    count: {
      arguments: 1,
      signature: 'count(*), count(value)',
      summary: 'how many events, or how many values that are not NULL',
    },
    sum: { arguments: 1, signature: 'sum(value)', summary: 'the sum' },
    avg: { arguments: 1, signature: 'avg(value)', summary: 'the mean, a double' },
    min: { arguments: 1, signature: 'min(value)', summary: 'the smallest value' },
    max: { arguments: 1, signature: 'max(value)', summary: 'the largest value' },
    stddev: { arguments: 1, signature: 'stddev(value)', summary: 'the sample standard deviation' },
    variance: { arguments: 1, signature: 'variance(value)', summary: 'the sample variance' },
    first: { arguments: 1, signature: 'first(value)', summary: 'the value of the earliest event' },
    last: { arguments: 1, signature: 'last(value)', summary: 'the value of the latest event' },
    collect_set: {
      arguments: 1,
      signature: 'collect_set(value)',
      summary: 'the different values, sorted, as an array',
    },
    collect_list: { arguments: 1, signature: 'collect_list(value)', summary: 'all values as an array' },
  }),
);
