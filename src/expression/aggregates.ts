/** The aggregates that the grammar knows, and how many arguments each takes; what they compute is not its business. */
export const aggregateFunctions: ReadonlyMap<string, number> = new Map(
  Object.entries({
    count: 1,
    approx_count_distinct: 1,
    sum: 1,
    avg: 1,
    min: 1,
    max: 1,
    arg_min: 2,
    arg_max: 2,
    first: 1,
    last: 1,
    stddev: 1,
    stddev_pop: 1,
    variance: 1,
    variance_pop: 1,
    median: 1,
    percentile: 2,
    top_k: 2,
    collect_list: 1,
    collect_set: 1,
  }),
);
