import { sanitize } from '../terminal.ts';
import { describeMismatch } from './compare.ts';
import type { OutputResult, TestResult } from './run-test.ts';

export function hasPassed({ outputs, problems }: TestResult): boolean {
  return problems.length === 0 && outputs.every(({ mismatches }) => mismatches.length === 0);
}

/** A test's result for a person: one line if all is well, else what differs below it. */
export function reportOf(result: TestResult): string {
  if (hasPassed(result)) return sanitize(`ok    ${result.name}`);
  const lines = [...result.outputs.flatMap(outputLines), ...result.problems];
  return [`FAIL  ${result.name}`, ...lines.map((line) => `    ${line}`)].map(sanitize).join('\n');
}

function outputLines({ output, expected, found, mismatches }: OutputResult): string[] {
  if (mismatches.length === 0) return [];
  const counts = expected === found ? rows(found) : `${rows(found)}, not ${expected}`;
  return [
    `${output}: ${counts}; - expected, + found`,
    ...mismatches.flatMap(describeMismatch).map((line) => `  ${line}`),
  ];
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}

/** How many tests there were, and how many of them failed. */
export function summaryOf(results: readonly TestResult[]): string {
  const failed = results.filter((result) => !hasPassed(result)).length;
  const count = results.length === 1 ? '1 test' : `${results.length} tests`;
  return failed === 0 ? `${count} passed` : `${failed} of ${count} failed`;
}
