/** What is typed for each algorithm: what there is no choice of, and nothing that fits one series and not another. */
export const algorithms: Readonly<Record<string, readonly string[]>> = {
  zscore: ['--zscore', 'CAST(value AS DOUBLE)'],
  mad: ['--mad', 'CAST(value AS DOUBLE)'],
  iqr: ['--iqr', 'CAST(value AS DOUBLE)'],
  ewma: ['--ewma', 'CAST(value AS DOUBLE)'],
  rate: ['--rate', 'CAST(value AS DOUBLE)', '--threshold', '1'],
  knn: ['--knn', 'CAST(value AS DOUBLE)'],
};
