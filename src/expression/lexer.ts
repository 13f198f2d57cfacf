import { problemAt, type Text } from './problem.ts';

export type Token = { readonly start: number; readonly end: number } & (
  | { readonly kind: 'end' }
  /** A bare name or keyword: `text` as written, `word` in upper case. */
  | { readonly kind: 'word'; readonly text: string; readonly word: string }
  /** A quoted name: never a keyword. */
  | { readonly kind: 'quoted'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number'; readonly value: number | bigint }
  /** `$key`, without the `$`. */
  | { readonly kind: 'metadata'; readonly text: string }
  | { readonly kind: 'symbol'; readonly symbol: string }
);

/** How `"…"` is read: as a name, as in SQL, or as a string, as patterns have it. */
export type DoubleQuotes = 'name' | 'string';

const BLANK = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const METADATA = /\$([A-Za-z_]\w*)/y;
const SYMBOL = /<=|>=|<>|!=|==|\|\||[-+*/%=<>().,[\]]/y;
const QUOTED = { "'": /'(?:[^']|'')*'/y, '"': /"(?:[^"]|"")*"/y } as const;

/** Reads tokens one by one, so that a grammar around an expression can take over where it ends. */
export class Lexer {
  readonly #source: Text;
  readonly #doubleQuotes: DoubleQuotes;
  #offset: number;

  constructor(source: Text, offset: number, doubleQuotes: DoubleQuotes) {
    this.#source = source;
    this.#offset = offset;
    this.#doubleQuotes = doubleQuotes;
  }

  next(): Token {
    this.#match(BLANK);
    const start = this.#offset;
    const first = this.#source.text[start];
    if (first === undefined) return { kind: 'end', start, end: start };
    if (first === "'" || first === '"') return this.#quoted(first);

    const word = this.#match(WORD);
    if (word !== null)
      return { kind: 'word', text: word[0], word: word[0].toUpperCase(), ...this.#since(start) };
    const number = this.#match(NUMBER);
    if (number !== null)
      return { kind: 'number', value: this.#number(number[0], start), ...this.#since(start) };
    const metadata = this.#match(METADATA);
    if (metadata !== null) return { kind: 'metadata', text: metadata[1]!, ...this.#since(start) };
    const symbol = this.#match(SYMBOL);
    if (symbol !== null) return { kind: 'symbol', symbol: spellingOf(symbol[0]), ...this.#since(start) };
    const shown = JSON.stringify(String.fromCodePoint(this.#source.text.codePointAt(start)!));
    throw problemAt(this.#source, start, `${shown} has no place in an expression`);
  }

  #quoted(quote: '"' | "'"): Token {
    const start = this.#offset;
    const found = this.#match(QUOTED[quote]);
    if (found === null) {
      throw problemAt(
        this.#source,
        start,
        'the quote that opens here is never closed',
        `end it with ${quote}`,
      );
    }
    const text = found[0].slice(1, -1).replaceAll(quote + quote, quote);
    const isName = quote === '"' && this.#doubleQuotes === 'name';
    return { kind: isName ? 'quoted' : 'string', text, ...this.#since(start) };
  }

  /** Whole numbers that a double would round stay exact. */
  #number(text: string, start: number): number | bigint {
    const value = Number(text);
    if (/^\d+$/.test(text) && !Number.isSafeInteger(value)) return BigInt(text);
    if (Number.isFinite(value)) return value;
    throw problemAt(this.#source, start, 'the number is out of the range of a double');
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#offset;
    const found = pattern.exec(this.#source.text);
    if (found !== null) this.#offset = pattern.lastIndex;
    return found;
  }

  #since(start: number): { start: number; end: number } {
    return { start, end: this.#offset };
  }
}

function spellingOf(symbol: string): string {
  if (symbol === '!=') return '<>';
  return symbol === '==' ? '=' : symbol;
}
