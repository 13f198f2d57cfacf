import type { DoubleQuotes } from './lexer.ts';
import { MAX_DEPTH, Parser } from './parser.ts';
import { problemAt, type Text } from './problem.ts';
import { childrenOf, type Expression, type Node } from './tree.ts';

export interface ParseOptions {
  /** Where the text was written, for messages: `--where`, `job.yaml:12:7`. */
  readonly place?: string;
  /** How `"…"` is read; a name by default. */
  readonly doubleQuotes?: DoubleQuotes;
}

/** Parses a whole text. Throws SpecError with the line and column in its place, and a caret. */
export function parseExpression(text: string, options: ParseOptions = {}): Expression {
  const source: Text = { text, place: options.place };
  const parser = new Parser(source, { offset: 0, doubleQuotes: options.doubleQuotes ?? 'name' });
  const root = parser.expression();
  if (parser.token.kind !== 'end') throw parser.unexpected('an operator or the end');
  boundDepth(source, root);
  return { ...source, root };
}

/**
 * Parses the expression that begins at `offset` and tells where it ends: for a grammar around it, such as a pattern's
 * `COUNT(*) > 10 IN 30s WHERE …`.
 */
export function parseLeadingExpression(
  text: string,
  offset: number,
  options: ParseOptions = {},
): { expression: Expression; end: number } {
  const source: Text = { text, place: options.place };
  const parser = new Parser(source, { offset, doubleQuotes: options.doubleQuotes ?? 'name' });
  const root = parser.expression();
  boundDepth(source, root);
  return { expression: { ...source, root }, end: parser.token.start };
}

/** `a + b + c + …` is deep too, although the parser read it in a loop. */
function boundDepth(source: Text, root: Node): void {
  const stack: (readonly [node: Node, depth: number])[] = [[root, 1]];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [node, depth] = next;
    if (depth > MAX_DEPTH) {
      throw problemAt(source, node.start, `more than ${MAX_DEPTH} operators in a row`, 'split it, or use IN');
    }
    for (const child of childrenOf(node)) stack.push([child, depth + 1]);
  }
}
