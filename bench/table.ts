/** One row's figures; those that a row has no use for are left out. */
export interface Line {
  readonly name: string;
  readonly against?: string;
  readonly eventsPerSecond?: number;
  readonly baselinePerSecond?: number;
  readonly cpuSecondsPerMillion?: number;
  readonly peakRssMb?: number;
  readonly cpuRatio?: number;
  /** What is held against the target: a ratio of wall-clock times, or a figure with its unit. */
  readonly figure: string;
  readonly target: string;
  readonly passed: boolean;
}

const columns = [
  { title: 'path', width: 42 },
  { title: 'against', width: 40 },
  { title: 'events/s', width: 10 },
  { title: 'baseline/s', width: 11 },
  { title: 'CPU s/M', width: 8 },
  { title: 'RSS MB', width: 7 },
  { title: 'CPU ratio', width: 10 },
  { title: 'ratio', width: 8 },
  { title: 'target', width: 9 },
  { title: '', width: 6 },
] as const;

export function printHeader(): void {
  printCells(columns.map(({ title }) => title));
}

export function print(line: Line | { name: string; failure: string }): void {
  if ('failure' in line) {
    printCells([line.name, `failed: ${line.failure}`]);
    return;
  }
  printCells([
    line.name,
    line.against ?? '',
    line.eventsPerSecond?.toFixed(0) ?? '',
    line.baselinePerSecond?.toFixed(0) ?? '',
    line.cpuSecondsPerMillion?.toFixed(2) ?? '',
    line.peakRssMb?.toFixed(0) ?? '',
    line.cpuRatio?.toFixed(2) ?? '',
    line.figure,
    line.target,
    line.passed ? 'pass' : 'MISS',
  ]);
}

function printCells(cells: readonly string[]): void {
  const padded = cells.map((cell, column) => {
    const width = columns[column]!.width;
    return column < 2 ? cell.padEnd(width) : cell.padStart(width);
  });
  console.log(padded.join(' ').trimEnd());
}
