import fc from 'fast-check';
import { comparisons, type Literal, type Node } from '../../src/expression/tree.ts';

/** Trees of the common subset with SQLite, over the columns a, b, c (numbers) and s, t (texts), any of them NULL. */

const at = { start: 0, end: 0 } as const;

const literal = (value: Literal['value']): Node => ({ kind: 'literal', value, ...at });
const field = (name: string): Node => ({ kind: 'field', path: [name], ...at });
const call = (name: string, ...given: Node[]): Node => ({ kind: 'call', name, arguments: given, ...at });

const numberLeaf = fc.oneof(
  fc.constantFrom('a', 'b', 'c').map(field),
  fc.constantFrom(0, 1, 2, 3, 7, 10, 0.5, 2.25, -1, -3.5).map(literal),
  fc.constant(literal(null)),
);
const textLeaf = fc.oneof(
  fc.constantFrom('s', 't').map(field),
  fc.constantFrom('', 'a', 'ab', 'abc', 'B', ' x ', "it's", 'é', '🚀~', '~', '%', 'a_c').map(literal),
);
const pattern = fc.constantFrom('%', 'a%', '%b', '%b%', '_', 'a_c', '', '%a%c%', '🚀_', '_é').map(literal);

const trees = fc.letrec<{ number: Node; text: Node; truth: Node }>((tie) => {
  const number = tie('number');
  const text = tie('text');
  const truth = tie('truth');
  const same = fc.oneof(fc.tuple(number, number), fc.tuple(text, text));
  const chosen = (result: fc.Arbitrary<Node>) =>
    fc.record({
      kind: fc.constant('case' as const),
      operand: fc.constant(null),
      branches: fc.array(fc.record({ when: truth, result }), { minLength: 1, maxLength: 2 }),
      otherwise: fc.option(result),
      start: fc.constant(0),
      end: fc.constant(0),
    });
  return {
    number: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      numberLeaf,
      fc
        .tuple(fc.constantFrom('+' as const, '-' as const, '*' as const, '/' as const), number, number)
        .map(([operator, left, right]): Node => ({ kind: 'binary', operator, left, right, ...at })),
      fc
        .tuple(fc.constantFrom('a', 'b', 'c').map(field))
        .map(([operand]): Node => ({ kind: 'unary', operator: '-', operand, ...at })),
      number.map((x) => call('abs', x)),
      text.map((x) => call('length', x)),
      fc.tuple(text, text).map(([one, other]) => call('instr', one, other)),
      fc.tuple(number, number).map(([one, other]) => call('coalesce', one, other)),
      fc.tuple(number, number).map(([one, other]) => call('nullif', one, other)),
      chosen(number),
    ),
    text: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      textLeaf,
      fc
        .tuple(text, text)
        .map(([left, right]): Node => ({ kind: 'binary', operator: '||', left, right, ...at })),
      fc.tuple(text, fc.integer({ min: -4, max: 4 })).map(([x, start]) => call('substr', x, literal(start))),
      fc
        .tuple(text, fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }))
        .map(([x, start, length]) => call('substr', x, literal(start), literal(length))),
      text.map((x) => call('trim', x)),
      fc
        .tuple(text, fc.constantFrom('a', 'b ', '🚀').map(literal), text)
        .map((given) => call('replace', ...given)),
      fc.tuple(text, text).map(([one, other]) => call('coalesce', one, other)),
      chosen(text),
    ),
    truth: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc
        .tuple(fc.constantFrom(...comparisons), same)
        .map(([operator, [left, right]]): Node => ({ kind: 'binary', operator, left, right, ...at })),
      fc
        .tuple(fc.constantFrom('AND' as const, 'OR' as const), truth, truth)
        .map(([operator, left, right]): Node => ({ kind: 'binary', operator, left, right, ...at })),
      truth.map((operand): Node => ({ kind: 'unary', operator: 'NOT', operand, ...at })),
      fc
        .tuple(fc.boolean(), fc.oneof(number, text))
        .map(([not, operand]): Node => ({ kind: 'is', what: 'NULL', not, operand, ...at })),
      fc
        .tuple(fc.constantFrom('TRUE' as const, 'FALSE' as const), fc.boolean(), truth)
        .map(([what, not, operand]): Node => ({ kind: 'is', what, not, operand, ...at })),
      fc
        .tuple(fc.boolean(), same)
        .map(([not, [left, right]]): Node => ({ kind: 'distinct', not, left, right, ...at })),
      fc
        .tuple(fc.boolean(), number, number, number)
        .map(([not, operand, low, high]): Node => ({ kind: 'between', not, operand, low, high, ...at })),
      fc.tuple(fc.boolean(), text, pattern).map(
        ([not, operand, like]): Node => ({
          kind: 'like',
          not,
          operand,
          pattern: like,
          escape: null,
          ...at,
        }),
      ),
      fc
        .tuple(fc.boolean(), number, fc.array(number, { minLength: 1, maxLength: 3 }))
        .map(([not, operand, list]): Node => ({ kind: 'in', not, operand, list, ...at })),
      fc
        .tuple(fc.boolean(), text, fc.array(text, { minLength: 1, maxLength: 3 }))
        .map(([not, operand, list]): Node => ({ kind: 'in', not, operand, list, ...at })),
    ),
  };
});

export const anyNode: fc.Arbitrary<Node> = fc.oneof(trees.number, trees.text, trees.truth);
