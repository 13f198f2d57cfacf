import { type Identity, identityOfValue, textOfValue } from '../../aggregation/identity.ts';
import type { Event, Value } from '../../event.ts';
import { compileScalar } from '../../expression/compile.ts';
import { parseExpression } from '../../expression/parse.ts';
import type { Scalar } from '../../expression/scalar.ts';

/** An expression with a name of its own: `lower(page) AS page`. */
const named = /^(.+?)\s+AS\s+("?)([\p{L}_][\p{L}\p{N}_]*)\2\s*$/isu;

/** The key of a node's events: fields or expressions, or none, and then there is one group of all events. */
export class Key {
  /** What the key fields are called in results: as they are written, or as `AS` says. */
  readonly names: readonly string[];
  /** The values of the event last read, in the order of `names`. */
  readonly #values: Value[] = [];
  readonly #scalars: readonly Scalar[];

  /** Throws SpecError. */
  constructor(parts: readonly string[], place: string) {
    const keys = parts.map((part) => {
      const [, expression = part, , name = part.trim()] = named.exec(part) ?? [];
      return { name, scalar: compileScalar(parseExpression(expression, { place })) };
    });
    this.names = keys.map(({ name }) => name);
    this.#scalars = keys.map(({ scalar }) => scalar);
  }

  /** What tells this event's group from others. Throws DataError. */
  read(event: Event): Identity {
    const scalars = this.#scalars;
    for (let index = 0; index < scalars.length; index++) this.#values[index] = scalars[index]!(event);
    return identityOfKey(this.#values);
  }

  /** A copy of the values last read. */
  values(): readonly Value[] {
    return this.#values.slice();
  }
}

/** What tells keys apart in a Map; NULL is a key like any other. */
export function identityOfKey(values: readonly Value[]): Identity {
  return values.length === 1 ? identityOfValue(values[0]!) : textOfKey(values);
}

/** A text for a key, different for different keys: for the states of a checkpoint, and identities of results. */
export function textOfKey(values: readonly Value[]): string {
  if (values.length !== 1) return values.map(textOfValue).join(',');
  const [only] = values as readonly [Value];
  // Nothing stands behind it: no need to mark where it ends.
  return typeof only === 'string' ? `"${only}` : textOfValue(only);
}
