import type { AggregateDefinition } from '../aggregation/define.ts';
import { aggregateDefinitions } from '../aggregation/functions/index.ts';
import { encodeValue } from '../codecs/json.ts';
import type { FunctionDefinition } from './functions/define.ts';
import { functionGroups } from './functions/index.ts';
import { castTypes, metadataNames } from './tree.ts';

/** The reference page, in Markdown: the grammar in words, then every function from its definition. */
export function expressionsPage(): string {
  const groups = Object.entries(functionGroups).map(
    ([title, functions]) =>
      `## ${title}\n\n${table(['Function', 'Gives', 'Examples'], functions.map(rowOf))}`,
  );
  return `${[introduction, ...groups, aggregates()].join('\n\n')}\n`;
}

const introduction = `<!-- Made from the definitions in src/expression: \`npx vitest run test/expression -u\` writes it. -->

# Expressions

Filters, sets, selections, aggregations and patterns are SQL's scalar expressions over the fields of an event.

| | |
|---|---|
| Fields | \`value\`, \`user.city\`, \`user['home town']\`, \`items[0]\` (the first), \`"odd name"\`; an absent field is NULL |
| The record | ${metadataNames.map((name) => `\`$${name}\``).join(', ')}; a header is \`$headers.trace\` |
| Literals | \`5\`, \`2.5\`, \`1e6\`, \`'it''s'\`, \`TRUE\`, \`FALSE\`, \`NULL\`, \`TIMESTAMP '2026-01-31T12:00:00Z'\` |
| Operators, loosest first | \`OR\`; \`AND\`; \`NOT\`; \`= <> IS IN BETWEEN LIKE\`; \`< <= > >=\`; \`+ -\`; \`* / %\`; \`\\|\\|\`; \`-x\` |
| Tests | \`x IS [NOT] NULL\`, \`IS [NOT] TRUE\`, \`IS [NOT] DISTINCT FROM y\`, \`[NOT] IN (1, 2)\`, \`[NOT] BETWEEN 1 AND 2\`, \`[NOT] LIKE 'a%' ESCAPE '!'\` |
| Choices | \`CASE WHEN x > 1 THEN 'a' ELSE 'b' END\`, \`CASE x WHEN 1 THEN 'a' END\` |
| Conversions | \`CAST(x AS type)\`, \`TRY_CAST(x AS type)\` (NULL where CAST is an error); the types are ${castTypes.join(', ')} |

NULL is SQL's: a comparison with it is NULL, and a filter passes only what is TRUE. Values of different types can't be
compared: such an event is a dead letter. Arrays and objects are equal if they hold the same. Numbers are doubles, whole
ones beyond 2^53 exact; \`/\` is a double; division by zero is NULL, and so is what is beyond all doubles. A timestamp
compares with a timestamp, with ISO 8601 and with epoch milliseconds; \`t + 1000\` is a second later, \`t - u\` is in
milliseconds; \`CURRENT_TIMESTAMP\` is \`now()\`, \`CURRENT_DATE\` the day that began last. LIKE respects case. All
times are UTC. Patterns of the regular expressions are RE2's, which match in linear time.`;

function rowOf({ signature, aliases, summary, examples }: FunctionDefinition): string[] {
  const also = aliases.length === 0 ? '' : `; also ${aliases.map(code).join(', ')}`;
  return [
    code(signature),
    summary + also,
    examples.map(([expression, result]) => `${code(expression)} is ${code(result)}`).join('<br>'),
  ];
}

function aggregates(): string {
  return `## Aggregates

In windows and patterns. Each may have \`DISTINCT\` before its argument and \`FILTER (WHERE …)\` behind it; NULLs don't count.
Windows are merged from parts, so the order of events leaves no trace but in the last digit of doubles.

${table(['Function', 'Gives', 'Example', 'Error', 'Memory grows with'], aggregateDefinitions.map(aggregateRow))}`;
}

function aggregateRow({
  signature,
  summary,
  example,
  error = '',
  memory = '',
}: AggregateDefinition): string[] {
  const { call, values, result } = example;
  return [
    code(signature),
    summary,
    `${code(call)} over ${code(encodeValue(values))} is ${code(encodeValue(result))}`,
    error,
    memory,
  ];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return [titles, titles.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A vertical bar would end the cell. */
function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
