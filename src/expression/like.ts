import { DataError } from '../errors.ts';
import { type Characters, charactersOf } from './characters.ts';
import { constantOf, type Scalar } from './scalar.ts';
import { typeError } from './values.ts';

type Matcher = (text: string) => boolean;

/** `%` is any run of characters, `_` any one; upper and lower case differ, as in standard SQL. */
export function compileLike(operand: Scalar, pattern: Scalar, mark: Scalar | null, not: boolean): Scalar {
  const knownPattern = constantOf(pattern);
  const knownMark = mark === null ? undefined : constantOf(mark);
  if (typeof knownPattern === 'string' && (mark === null || typeof knownMark === 'string')) {
    const matches = likeMatcher(knownPattern, knownMark as string | undefined);
    return (event) => {
      const text = textOf(operand(event));
      return text === null ? null : matches(text) !== not;
    };
  }
  return (event) => {
    const text = textOf(operand(event));
    const wanted = textOf(pattern(event));
    const character = mark === null ? undefined : textOf(mark(event));
    if (text === null || wanted === null || character === null) return null;
    return likeMatcher(wanted, character)(text) !== not;
  };
}

function textOf(value: ReturnType<Scalar>): string | null {
  if (value === null || typeof value === 'string') return value;
  throw typeError('LIKE compares texts', value);
}

const ANY_RUN = Symbol('%');
const ANY_ONE = Symbol('_');
type Part = string | typeof ANY_RUN | typeof ANY_ONE;

function likeMatcher(pattern: string, mark: string | undefined): Matcher {
  const parts = partsOf(pattern, mark);
  const literal = (from: number, to: number) => {
    const slice = parts.slice(from, to);
    return slice.every((part) => typeof part === 'string') ? slice.join('') : undefined;
  };
  const startsOpen = parts[0] === ANY_RUN;
  const endsOpen = parts.length > 1 && parts.at(-1) === ANY_RUN;
  const middle = literal(startsOpen ? 1 : 0, parts.length - (endsOpen ? 1 : 0));
  if (middle === undefined) return (text) => matchParts(parts, charactersOf(text));
  if (startsOpen && endsOpen) return (text) => text.includes(middle);
  if (startsOpen) return (text) => text.endsWith(middle);
  return endsOpen ? (text) => text.startsWith(middle) : (text) => text === middle;
}

function partsOf(pattern: string, mark: string | undefined): Part[] {
  if (mark !== undefined && charactersOf(mark).length !== 1) {
    throw new DataError('type', `ESCAPE must be one character, not '${mark}'`);
  }
  const characters = charactersOf(pattern);
  const parts: Part[] = [];
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index]!;
    if (character === mark) {
      const escaped = characters[++index];
      if (escaped === undefined) throw new DataError('type', `the LIKE pattern ends with its ESCAPE ${mark}`);
      parts.push(escaped);
    } else if (character === '%') {
      if (parts.at(-1) !== ANY_RUN) parts.push(ANY_RUN);
    } else parts.push(character === '_' ? ANY_ONE : character);
  }
  return parts;
}

/**
 * The usual two-pointer match of wildcards: after a mismatch it goes on one character behind where the last `%` began
 * to match, so the time is at most pattern × text.
 */
function matchParts(parts: readonly Part[], characters: Characters): boolean {
  let part = 0;
  let at = 0;
  let lastRun = -1;
  let retryAt = 0;
  while (at < characters.length) {
    if (parts[part] === ANY_RUN) {
      lastRun = part++;
      retryAt = at;
    } else if (part < parts.length && (parts[part] === ANY_ONE || parts[part] === characters[at])) {
      part++;
      at++;
    } else if (lastRun >= 0) {
      part = lastRun + 1;
      at = ++retryAt;
    } else return false;
  }
  while (parts[part] === ANY_RUN) part++;
  return part === parts.length;
}
