import { Cursor } from './cursor.ts';
import type { Token } from './lexer.ts';
import { type BinaryOperator, Binding, binaryOperators, reserved } from './precedence.ts';
import { type CallParts, castTypeOf, currentTime, resolveCall } from './resolve.ts';
import { type Case, type MetadataName, metadataNames, type Node, type Path } from './tree.ts';

/** Levels that a person can't have meant; bounds the stack here, in the compiler and in what it compiles to. */
export const MAX_DEPTH = 500;

/**
 * An operator-precedence parser (V. Pratt, "Top down operator precedence", 1973): one function reads operands, one
 * reads the operators behind them.
 */
export class Parser extends Cursor {
  #depth = 0;

  expression(binding = 0): Node {
    if (++this.#depth > MAX_DEPTH) throw this.problem(`nested deeper than ${MAX_DEPTH} levels`);
    let left = this.#operand();
    for (;;) {
      const longer = this.#continuation(left, binding);
      if (longer === null) break;
      left = longer;
    }
    this.#depth--;
    return left;
  }

  override unexpected(expected: string): Error {
    const { token } = this;
    if (this.isWord('IN')) return super.unexpected(expected, 'a list for IN stands in parentheses');
    const isReserved = token.kind === 'word' && reserved.has(token.word);
    return super.unexpected(
      expected,
      isReserved ? `a field of that name is written "${token.text}", in double quotes` : undefined,
    );
  }

  // Operators

  /** `left` with the operator behind it, or null if none is there that holds tighter than `binding`. */
  #continuation(left: Node, binding: number): Node | null {
    const operator = this.#binaryOperator();
    if (operator !== null) {
      const own = binaryOperators[operator];
      if (own <= binding) return null;
      this.advance();
      const right = this.expression(own);
      return { kind: 'binary', operator, left, right, ...this.spanFrom(left.start) };
    }
    return binding < Binding.equality ? this.#test(left) : null;
  }

  #binaryOperator(): BinaryOperator | null {
    const { token } = this;
    const spelling = token.kind === 'symbol' ? token.symbol : token.kind === 'word' ? token.word : '';
    return Object.hasOwn(binaryOperators, spelling) ? (spelling as BinaryOperator) : null;
  }

  /** IS, IN, BETWEEN and LIKE, which stand on one level with `=`. */
  #test(operand: Node): Node | null {
    if (this.takeWord('IS')) return this.#is(operand);
    if (this.isWord('IN') && !this.isFollowedBy('(')) return null;
    const not = this.takeWord('NOT');
    if (this.takeWord('IN')) return this.#in(operand, not);
    if (this.takeWord('BETWEEN')) return this.#between(operand, not);
    if (this.takeWord('LIKE')) return this.#like(operand, not);
    if (not) throw this.unexpected('IN, BETWEEN or LIKE after NOT');
    return null;
  }

  #is(operand: Node): Node {
    const not = this.takeWord('NOT');
    if (this.takeWord('DISTINCT')) {
      this.expectWord('FROM');
      const right = this.expression(Binding.equality);
      return { kind: 'distinct', not, left: operand, right, ...this.spanFrom(operand.start) };
    }
    for (const what of ['NULL', 'TRUE', 'FALSE'] as const) {
      if (this.takeWord(what)) return { kind: 'is', not, operand, what, ...this.spanFrom(operand.start) };
    }
    throw this.unexpected('NULL, TRUE, FALSE or DISTINCT FROM after IS');
  }

  #in(operand: Node, not: boolean): Node {
    this.expectSymbol('(');
    const list = this.#list();
    this.expectSymbol(')');
    return { kind: 'in', not, operand, list, ...this.spanFrom(operand.start) };
  }

  #between(operand: Node, not: boolean): Node {
    const low = this.expression(Binding.equality);
    this.expectWord('AND');
    const high = this.expression(Binding.equality);
    return { kind: 'between', not, operand, low, high, ...this.spanFrom(operand.start) };
  }

  #like(operand: Node, not: boolean): Node {
    const pattern = this.expression(Binding.equality);
    const mark = this.takeWord('ESCAPE') ? this.expression(Binding.equality) : null;
    return { kind: 'like', not, operand, pattern, escape: mark, ...this.spanFrom(operand.start) };
  }

  // Operands

  #operand(): Node {
    const token = this.token;
    switch (token.kind) {
      case 'number':
        this.advance();
        return { kind: 'literal', value: token.value, start: token.start, end: token.end };
      case 'string':
        this.advance();
        return { kind: 'literal', value: token.text, start: token.start, end: token.end };
      case 'metadata':
        return this.#metadata(token.text);
      case 'quoted':
        this.advance();
        return this.#field(token.text, token.start);
      case 'word':
        return this.#word(token);
      case 'symbol':
        return this.#prefix(token.symbol);
      case 'end':
        throw this.unexpected('an expression');
    }
  }

  #prefix(symbol: string): Node {
    const { start } = this.token;
    switch (symbol) {
      case '(': {
        this.advance();
        const inner = this.expression();
        this.expectSymbol(')');
        return { ...inner, ...this.spanFrom(start) };
      }
      case '+':
        this.advance();
        return this.expression(Binding.sign);
      case '-': {
        this.advance();
        const operand = this.expression(Binding.sign);
        if (operand.kind === 'literal' && typeof operand.value === 'number') {
          return { kind: 'literal', value: 0 - operand.value, ...this.spanFrom(start) };
        }
        if (operand.kind === 'literal' && typeof operand.value === 'bigint') {
          return { kind: 'literal', value: -operand.value, ...this.spanFrom(start) };
        }
        return { kind: 'unary', operator: '-', operand, ...this.spanFrom(start) };
      }
      default:
        throw this.unexpected('an expression');
    }
  }

  #word(token: Token & { kind: 'word' }): Node {
    const { start } = token;
    switch (token.word) {
      case 'NULL':
      case 'TRUE':
      case 'FALSE': {
        this.advance();
        const value = token.word === 'NULL' ? null : token.word === 'TRUE';
        return { kind: 'literal', value, ...this.spanFrom(start) };
      }
      case 'NOT': {
        this.advance();
        const operand = this.expression(Binding.not);
        return { kind: 'unary', operator: 'NOT', operand, ...this.spanFrom(start) };
      }
      case 'CASE':
        return this.#case();
      case 'CURRENT_TIMESTAMP':
      case 'CURRENT_DATE':
        this.advance();
        return currentTime(token.word, this.spanFrom(start));
    }
    if (reserved.has(token.word)) throw this.unexpected('an expression');
    this.advance();
    if (this.isSymbol('(')) {
      return token.word === 'CAST' || token.word === 'TRY_CAST' ? this.#cast(token) : this.#call(token);
    }
    if (token.word === 'TIMESTAMP' && this.token.kind === 'string') {
      const operand = this.#operand();
      return { kind: 'cast', operand, type: 'TIMESTAMP', attempt: false, ...this.spanFrom(start) };
    }
    return this.#field(token.text, start);
  }

  #field(name: string, start: number): Node {
    const path: Path = [name, ...this.#steps()];
    return { kind: 'field', path, ...this.spanFrom(start) };
  }

  #metadata(text: string): Node {
    const { start } = this.token;
    if (!metadataNames.includes(text as MetadataName)) {
      throw this.problem(
        `unknown "$${text}"`,
        `it can be ${metadataNames.map((name) => `$${name}`).join(', ')}`,
      );
    }
    this.advance();
    return { kind: 'metadata', name: text as MetadataName, path: this.#steps(), ...this.spanFrom(start) };
  }

  /** `.b`, `['b']`, `[0]`. */
  #steps(): (string | number)[] {
    const steps: (string | number)[] = [];
    for (;;) {
      if (this.takeSymbol('.')) steps.push(this.#name());
      else if (this.takeSymbol('[')) {
        steps.push(this.#subscript());
        this.expectSymbol(']');
      } else return steps;
    }
  }

  #name(): string {
    const token = this.token;
    if (token.kind !== 'word' && token.kind !== 'quoted') throw this.unexpected('a name after "."');
    this.advance();
    return token.text;
  }

  #subscript(): string | number {
    const token = this.token;
    if (token.kind === 'string' || token.kind === 'quoted') {
      this.advance();
      return token.text;
    }
    if (token.kind === 'number' && Number.isSafeInteger(token.value)) {
      this.advance();
      return Number(token.value);
    }
    throw this.unexpected("a name such as 'b', or a place such as 0, in brackets");
  }

  #case(): Case {
    const { start } = this.token;
    this.advance();
    const operand = this.isWord('WHEN') ? null : this.expression();
    const branches: { when: Node; result: Node }[] = [];
    while (this.takeWord('WHEN')) {
      const when = this.expression();
      this.expectWord('THEN');
      branches.push({ when, result: this.expression() });
    }
    if (branches.length === 0) throw this.unexpected('WHEN');
    const otherwise = this.takeWord('ELSE') ? this.expression() : null;
    this.expectWord('END');
    return { kind: 'case', operand, branches, otherwise, ...this.spanFrom(start) };
  }

  #cast({ start, word }: Token & { kind: 'word' }): Node {
    this.expectSymbol('(');
    const operand = this.expression();
    this.expectWord('AS');
    const token = this.token;
    if (token.kind !== 'word') throw this.unexpected('a type');
    const type = castTypeOf(this.source, token.text, token.start);
    this.advance();
    if (token.word === 'DOUBLE') this.takeWord('PRECISION');
    this.expectSymbol(')');
    return { kind: 'cast', operand, type, attempt: word === 'TRY_CAST', ...this.spanFrom(start) };
  }

  #call(name: Token & { kind: 'word' }): Node {
    this.expectSymbol('(');
    const star = this.takeSymbol('*');
    const distinct = !star && this.takeWord('DISTINCT');
    const list = star || this.isSymbol(')') ? [] : this.#list();
    this.expectSymbol(')');
    const parts: CallParts = { name: name.text, star, distinct, arguments: list, filter: this.#filter() };
    return resolveCall(this.source, parts, this.spanFrom(name.start));
  }

  /** `FILTER (WHERE …)` behind an aggregate. */
  #filter(): Node | null {
    if (!this.isWord('FILTER') || !this.isFollowedBy('(')) return null;
    this.advance();
    this.expectSymbol('(');
    this.expectWord('WHERE');
    const filter = this.expression();
    this.expectSymbol(')');
    return filter;
  }

  #list(): Node[] {
    const list = [this.expression()];
    while (this.takeSymbol(',')) list.push(this.expression());
    return list;
  }
}
