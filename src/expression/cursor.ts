import { type DoubleQuotes, Lexer, type Token } from './lexer.ts';
import { problemAt, type Text } from './problem.ts';

/** The tokens of a text, one at hand and one ahead, with the questions that a parser asks of them. */
export class Cursor {
  readonly source: Text;
  readonly #lexer: Lexer;
  #token: Token;
  #ahead: Token | null = null;
  #lastEnd = 0;

  constructor(source: Text, options: { readonly offset: number; readonly doubleQuotes: DoubleQuotes }) {
    this.source = source;
    this.#lexer = new Lexer(source, options.offset, options.doubleQuotes);
    this.#token = this.#lexer.next();
  }

  /** The first token that has not been taken. */
  get token(): Token {
    return this.#token;
  }

  advance(): void {
    this.#lastEnd = this.#token.end;
    this.#token = this.#ahead ?? this.#lexer.next();
    this.#ahead = null;
  }

  /** From `start` to the end of the last token taken. */
  spanFrom(start: number): { start: number; end: number } {
    return { start, end: this.#lastEnd };
  }

  isWord(word: string): boolean {
    return this.#token.kind === 'word' && this.#token.word === word;
  }

  isSymbol(symbol: string): boolean {
    return isSymbol(this.#token, symbol);
  }

  /** Whether `symbol` stands behind the token at hand. */
  isFollowedBy(symbol: string): boolean {
    this.#ahead ??= this.#lexer.next();
    return isSymbol(this.#ahead, symbol);
  }

  takeWord(word: string): boolean {
    const found = this.isWord(word);
    if (found) this.advance();
    return found;
  }

  takeSymbol(symbol: string): boolean {
    const found = this.isSymbol(symbol);
    if (found) this.advance();
    return found;
  }

  expectWord(word: string): void {
    if (!this.takeWord(word)) throw this.unexpected(word);
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.unexpected(`"${symbol}"`);
  }

  /** Something else should stand here. */
  unexpected(expected: string, hint?: string): Error {
    const { start, end, kind } = this.#token;
    const found = kind === 'end' ? 'the end' : `"${this.source.text.slice(start, end)}"`;
    return this.problem(`expected ${expected}, found ${found}`, hint);
  }

  problem(message: string, hint?: string): Error {
    return problemAt(this.source, this.#token.start, message, hint);
  }
}

function isSymbol(token: Token, symbol: string): boolean {
  return token.kind === 'symbol' && token.symbol === symbol;
}
