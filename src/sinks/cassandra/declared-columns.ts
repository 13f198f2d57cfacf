import type { FieldType, SinkBuild } from '../../component/define.ts';
import { SpecError } from '../../errors.ts';
import type { CassandraSinkOptions } from './options.ts';
import { columnsOf, type DeclaredColumn, parseColumns } from './schema.ts';

const columnTypes: Readonly<Record<FieldType, string>> = {
  integer: 'bigint',
  number: 'double',
  text: 'text',
  time: 'timestamp',
  list: 'list<text>',
  set: 'set<text>',
};

/**
 * The columns of a table to create: those that `schema` declares, and one for each field that the operator before the
 * sink says its results have. Throws SpecError if neither tells a field's type.
 */
export function columnsFor(
  { schema, columns: sources }: Pick<CassandraSinkOptions, 'schema' | 'columns'>,
  fields: SinkBuild['fields'],
  place: string,
): readonly DeclaredColumn[] {
  const declared =
    schema === undefined ? [] : typeof schema === 'string' ? parseColumns(schema) : columnsOf(schema);
  if (schema === undefined && fields === undefined) {
    throw new SpecError('create_table needs the columns of the table', {
      place: `${place}.schema`,
      hint: "add a schema (--schema) such as 'user_id text, timestamp timestamp, value double'",
    });
  }
  const named = new Set([...declared.map(({ name }) => name), ...Object.values(sources)]);
  const others = Object.entries(fields ?? {}).filter(([field]) => !named.has(field));
  return [...columnsOf(Object.fromEntries(others.map(typed))), ...declared];

  function typed([field, type]: [string, FieldType | null]): [string, string] {
    if (type !== null) return [field, columnTypes[type]];
    throw new SpecError(`create_table can't know the type of "${field}"`, {
      place: `${place}.schema`,
      hint: `declare it with a schema: '${field} text'`,
    });
  }
}
