import { detectOperator } from '../../../src/operators/detect/definition.ts';
import { type Emitted, Harness, type Settings } from '../harness.ts';

/** A detector by `key`, whose watermark is right behind the newest event if not told otherwise. */
export function detector(options: Record<string, unknown>, more: Partial<Settings> = {}): Promise<Harness> {
  return Harness.of(detectOperator, { options, key: ['key'], ...more });
}

/** An alert as one line: `a @12 value=9 expected=5`. */
export function lineOf({ value, time }: Emitted, ...names: string[]): string {
  const fields = names.map((name) => `${name}=${textOf(value[name])}`);
  return [value.key === undefined ? [] : String(value.key), `@${time}`, ...fields].flat().join(' ');
}

function textOf(value: unknown): string {
  return value instanceof Date ? String(value.getTime()) : JSON.stringify(value);
}
