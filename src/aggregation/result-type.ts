import type { FieldType } from '../component/define.ts';
import { parseExpression } from '../expression/parse.ts';
import type { Node } from '../expression/tree.ts';
import { aggregateDefinitions } from './functions/index.ts';

/** The type of what an expression over aggregates gives; null where only the events can tell. Throws SpecError. */
export function resultTypeOf(text: string): FieldType | null {
  return typeOfNode(parseExpression(text).root);
}

function typeOfNode(node: Node): FieldType | null {
  switch (node.kind) {
    case 'aggregate':
      return aggregateDefinitions.find(({ name }) => name === node.name)?.gives ?? null;
    case 'binary':
      return arithmetic.has(node.operator) ? 'number' : node.operator === '||' ? 'text' : null;
    case 'cast':
      return casts[node.type] ?? null;
    default:
      return null;
  }
}

const arithmetic: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%']);

const casts: Readonly<Record<string, FieldType>> = {
  INTEGER: 'integer',
  DOUBLE: 'number',
  TEXT: 'text',
  TIMESTAMP: 'time',
};
