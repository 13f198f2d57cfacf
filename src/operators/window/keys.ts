import { type Identity, identityOfValue, textOfValue } from '../../aggregation/identity.ts';
import { SpecError } from '../../errors.ts';
import type { Event, Value } from '../../event.ts';
import { fieldsExpected } from '../../expression/analyse.ts';
import { compileScalar } from '../../expression/compile.ts';
import { fieldNameProblem, isFieldName } from '../../expression/field-name.ts';
import { parseLeadingExpression } from '../../expression/parse.ts';
import type { Scalar } from '../../expression/scalar.ts';
import type { Node, Path } from '../../expression/tree.ts';

/** The key of a node's events: fields or expressions, or none, and then there is one group of all events. */
export class Key {
  /** What the key fields are called in results: as `AS` says, by a path's last step, else as they are written. */
  readonly names: readonly string[];
  /** The values of the event last read, in the order of `names`. */
  readonly #values: Value[] = [];
  readonly #scalars: readonly Scalar[];

  /** Throws SpecError. */
  constructor(parts: readonly string[], place: string) {
    const keys = parts.map((part) => parseKey(part, place));
    this.names = keys.map(({ name }) => name);
    this.#scalars = keys.map(({ scalar }) => scalar);
    const refused = this.names.find((name) => !isFieldName(name));
    if (refused !== undefined) throw fieldNameProblem(refused, { place });
    const twice = this.names.find((name, index) => this.names.indexOf(name) !== index);
    if (twice !== undefined)
      throw new SpecError(`two key fields are called "${twice}"`, {
        place,
        hint: 'name one of them: a.b AS c',
      });
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

/** The fields that a key takes to be there. Throws SpecError. */
export function fieldsOfKey(parts: readonly string[]): readonly Path[] {
  return parts.flatMap((part) => fieldsExpected(parseLeadingExpression(part, 0).expression));
}

/** `user_id`, `user.city`, `lower(page) AS page`. */
function parseKey(text: string, place: string): { name: string; scalar: Scalar } {
  const { expression, end } = parseLeadingExpression(text, 0, { place });
  const scalar = compileScalar(expression);
  const rest = text.slice(end);
  if (rest.trim() === '') return { name: ownName(expression.root) ?? text.trim(), scalar };
  const [, quoted, bare] = /^\s*AS\s+(?:"((?:[^"]|"")+)"|([\p{L}_][\p{L}\p{N}_]*))\s*$/iu.exec(rest) ?? [];
  const name = quoted?.replaceAll('""', '"') ?? bare;
  if (name !== undefined) return { name, scalar };
  throw new SpecError(`the key "${text}" goes on after its expression, with "${rest.trim()}"`, {
    place,
    hint: 'a key is an expression, or an expression AS name',
  });
}

function ownName(root: Node): string | undefined {
  const last = root.kind === 'field' ? root.path.at(-1) : undefined;
  return typeof last === 'string' ? last : undefined;
}

/** What tells keys apart in a Map; NULL is a key like any other. */
export function identityOfKey(values: readonly Value[]): Identity {
  return values.length === 1 ? identityOfValue(values[0]!) : textOfKey(values);
}

/** A text for a key, different for different keys: for the states of a checkpoint, and identities of results. */
export function textOfKey(values: readonly Value[]): string {
  if (values.length !== 1) return values.map(textOfValue).join(',');
  const [only] = values as readonly [Value];
  if (typeof only !== 'string') return textOfValue(only);
  // Nothing stands behind it: no need to mark where it ends. Halves of characters are lost where texts are stored.
  return only.isWellFormed() ? `"${only}` : `~${textOfValue(only)}`;
}
