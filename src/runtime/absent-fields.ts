import type { FieldPath } from '../component/define.ts';
import type { Event, Value } from '../event.ts';
import type { AbsentField } from '../metrics/snapshot.ts';

/** What events have in common that a node reads or leaves out: fields that it goes by, and that none of them has. */
export class AbsentFields {
  /** Those that no event has had so far; mostly empty after the first event, so that looking costs nothing. */
  #absent: readonly FieldPath[];
  /** What the first of the events does have. */
  #fields: readonly string[] | undefined;

  constructor(paths: readonly FieldPath[]) {
    this.#absent = paths;
  }

  see({ value }: Event): void {
    if (this.#absent.length === 0 || value === null) return;
    this.#fields ??= Object.keys(value);
    if (this.#absent.some((path) => has(value, path)))
      this.#absent = this.#absent.filter((path) => !has(value, path));
  }

  /** The first field that none of the events had; null if there is none, or if there was no event. */
  get first(): AbsentField | null {
    const [path] = this.#absent;
    if (path === undefined || this.#fields === undefined) return null;
    return { field: path.join('.'), fields: this.#fields };
  }
}

function has(value: Value, path: FieldPath): boolean {
  let inner: Value | undefined = value;
  for (const step of path) {
    if (typeof inner !== 'object' || inner === null || !Object.hasOwn(inner, step)) return false;
    inner = (inner as Readonly<Record<string | number, Value>>)[step];
  }
  return true;
}
