import { quoteName } from '../../clients/cassandra/names.ts';
import { SpecError } from '../../errors.ts';

/** A column's type as it is declared: `map<text, frozen<list<int>>>`. */
export interface DeclaredType {
  /** In lower case; a user-defined type's as spelled. */
  readonly name: string;
  readonly parameters: readonly DeclaredType[];
  /** Of a vector. */
  readonly dimension?: number;
  readonly userDefined?: boolean;
}

export interface DeclaredColumn {
  /** As spelled: the field of the same name feeds it. */
  readonly name: string;
  readonly type: DeclaredType;
  readonly static: boolean;
}

const scalars = new Set(
  `ascii bigint blob boolean date decimal double duration float inet int smallint text time timestamp timeuuid tinyint
  uuid varchar varint`.split(/\s+/),
);
/** How many parameters each takes; a tuple takes one or more. */
const generics: Readonly<Record<string, number>> = {
  list: 1,
  set: 1,
  map: 2,
  frozen: 1,
  tuple: 0,
  vector: 1,
};

const tokenPattern = /\s*(?:("(?:[^"]|"")+")|(\w+)|([<>,()]))/y;

/**
 * Columns as in CREATE TABLE: `user_id text, metadata map<text, frozen<list<int>>>, total int static`. Names keep
 * their case. Throws SpecError.
 */
export function parseColumns(text: string): DeclaredColumn[] {
  const tokens = new Tokens(text);
  const columns: DeclaredColumn[] = [];
  do {
    if (tokens.atEnd && columns.length > 0) break;
    columns.push(parseColumn(tokens));
  } while (tokens.take(','));
  if (!tokens.atEnd) tokens.fail(`a comma or the end`);
  return refuseTwice(columns);
}

/** The same as an object of column → type. */
export function columnsOf(types: Readonly<Record<string, string>>): DeclaredColumn[] {
  return Object.entries(types).map(([name, text]) => {
    const tokens = new Tokens(text);
    const column = { name, ...parseTypeOf(tokens) };
    if (!tokens.atEnd) tokens.fail(`the end of the type of "${name}"`);
    return column;
  });
}

/** The type in CQL, spelled as the server spells it. */
export function typeText({ name, parameters, dimension, userDefined }: DeclaredType): string {
  if (userDefined) return quoteName(name);
  const inner = [...parameters.map(typeText), ...(dimension === undefined ? [] : [String(dimension)])];
  return inner.length === 0 ? name : `${name}<${inner.join(', ')}>`;
}

function parseColumn(tokens: Tokens): DeclaredColumn {
  const { text: name, quoted } = tokens.name('a column name');
  if (!quoted && name.toLowerCase() === 'primary') {
    throw new SpecError('a schema holds columns only, not the PRIMARY KEY', {
      hint: 'name the key with partition_key and clustering_key',
    });
  }
  return { name, ...parseTypeOf(tokens) };
}

function parseTypeOf(tokens: Tokens): { type: DeclaredType; static: boolean } {
  return { type: parseType(tokens), static: tokens.takeWord('static') };
}

function parseType(tokens: Tokens): DeclaredType {
  const { text, quoted } = tokens.name('a type');
  if (quoted) return { name: text, parameters: [], userDefined: true };
  const name = text.toLowerCase();
  const arity = Object.hasOwn(generics, name) ? generics[name] : undefined;
  if (arity !== undefined) return parseGeneric(name, arity, tokens);
  if (name === 'counter') {
    throw new SpecError('counter columns are not supported', {
      hint: 'a replay would count twice; use bigint',
    });
  }
  if (!scalars.has(name)) {
    throw new SpecError(`unknown type "${text}"`, {
      hint: `the types are ${[...scalars].join(', ')}, ${Object.keys(generics).join(', ')}; a type of your own is written in double quotes`,
    });
  }
  return { name, parameters: [] };
}

function parseGeneric(name: string, arity: number, tokens: Tokens): DeclaredType {
  tokens.expect('<');
  const parameters = [parseType(tokens)];
  while ((name === 'tuple' || parameters.length < arity) && tokens.take(','))
    parameters.push(parseType(tokens));
  const dimension = name === 'vector' ? tokens.dimension() : undefined;
  if (parameters.length < arity) tokens.fail(`two types in ${name}<…>`);
  tokens.expect('>');
  return { name, parameters, ...(dimension !== undefined && { dimension }) };
}

function refuseTwice(columns: DeclaredColumn[]): DeclaredColumn[] {
  const twice = columns.find(
    ({ name }, index) => columns.findIndex((other) => other.name === name) !== index,
  );
  if (twice !== undefined) throw new SpecError(`column "${twice.name}" is declared twice`);
  return columns;
}

class Tokens {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#text.slice(this.#position).trim() === '';
  }

  name(expected: string): { text: string; quoted: boolean } {
    const [, quoted, bare] = this.#match() ?? [];
    const text = quoted === undefined ? bare : quoted.slice(1, -1).replaceAll('""', '"');
    if (text === undefined) this.fail(expected);
    this.#advance();
    return { text, quoted: quoted !== undefined };
  }

  take(symbol: string): boolean {
    if (this.#match()?.[3] !== symbol) return false;
    this.#advance();
    return true;
  }

  takeWord(word: string): boolean {
    if (this.#match()?.[2]?.toLowerCase() !== word) return false;
    this.#advance();
    return true;
  }

  expect(symbol: string): void {
    if (!this.take(symbol)) this.fail(`"${symbol}"`);
  }

  dimension(): number {
    this.expect(',');
    const { text } = this.name('the number of elements');
    if (!/^[1-9]\d{0,4}$/.test(text)) throw new SpecError(`a vector can't have ${text} elements`);
    return Number(text);
  }

  fail(expected: string): never {
    const rest = this.#text.slice(this.#position).trim();
    const found = rest === '' ? 'the end' : `"${rest.length > 30 ? `${rest.slice(0, 30)}…` : rest}"`;
    throw new SpecError(`expected ${expected}, found ${found}`, {
      hint: "write it as 'user_id text, value double, metadata map<text,text>'",
    });
  }

  #match(): RegExpExecArray | null {
    tokenPattern.lastIndex = this.#position;
    return tokenPattern.exec(this.#text);
  }

  #advance(): void {
    this.#match();
    this.#position = tokenPattern.lastIndex;
  }
}
