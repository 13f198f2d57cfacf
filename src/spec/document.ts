/** The way to a part of a jobfile: `['sources', 'clicks', 'topics', 0]`. */
export type Path = readonly PropertyKey[];

/** Which spelling a part of the document comes from; a later one stands above an earlier one. */
export type Layer = 'jobfile' | 'environment' | 'flag';

/** Where a part of the document was written, for messages and for relative paths. */
export interface Place {
  /** `job.yaml:12:7`, `--batch-size`, `KAFKA_BOOTSTRAP_SERVERS`. */
  readonly place: string;
  readonly excerpt?: string;
  readonly layer: Layer;
  /** What relative paths in it are relative to; absolute. */
  readonly directory: string;
  /** Whether the place itself says which option it is (`--batch-size`), so that a message need not. */
  readonly namesOption?: boolean;
}

/** `character`: of a text, the character at this place of it (from 0). */
export type Locate = (path: Path, part: 'key' | 'value', character?: number) => Place;

/**
 * A job as it was written, in whichever spelling: a plain value in the shape of a jobfile, and the place of each of its
 * parts. Parts can be laid over it, each with its own place.
 */
export class JobDocument {
  readonly value: Record<string, unknown>;
  readonly #locate: Locate;
  readonly #over = new Map<string, Place>();

  constructor(value: Record<string, unknown>, locate: Locate) {
    this.value = value;
    this.#locate = locate;
  }

  get(path: Path): unknown {
    return path.reduce<unknown>((inner, key) => (hasOwn(inner, key) ? inner[key] : undefined), this.value);
  }

  /** Lays a value over what is there; maps on the way are made, and anything else in the way is replaced. */
  set(path: Path, value: unknown, place: Place): void {
    let parent: object = this.value;
    for (const key of path.slice(0, -1)) {
      const inner = hasOwn(parent, key) ? parent[key] : undefined;
      parent = typeof inner === 'object' && inner !== null ? inner : define(parent, key, {});
    }
    define(parent, path.at(-1) ?? '', value);
    this.#over.set(key(path), place);
  }

  /** Whether the part was laid over the document, by itself. */
  isLaid(path: Path): boolean {
    return this.#over.has(key(path));
  }

  /** The place of a part, or of the nearest part around it. */
  place(path: Path, part: 'key' | 'value' = 'value'): Place {
    for (let length = path.length; length > 0; length--) {
      const over = this.#over.get(key(path.slice(0, length)));
      if (over !== undefined) return over;
    }
    return this.#locate(path, part);
  }

  /** The place of one character of a text; of the text as a whole where the document can't tell. */
  placeInside(path: Path, character: number): Place {
    const place = this.place(path);
    return place.layer === 'jobfile' ? this.#locate(path, 'value', character) : place;
  }
}

function key(path: Path): string {
  return JSON.stringify(path.map(String));
}

/** Own properties only, so that no name in a jobfile reaches a prototype. */
function hasOwn(value: unknown, key: PropertyKey): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

function define<T>(parent: object, key: PropertyKey, value: T): T {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
  return value;
}

/** Whether it is a map of a jobfile. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
