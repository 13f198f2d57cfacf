import { basename } from 'node:path';
import { z } from 'zod';
import { defineSink, type SinkBuild } from '../../component/define.ts';
import { filePathOf } from '../../component/uri.ts';
import type { TableOptions } from './layout.ts';

const options = z.object({
  path: z.string().min(1).meta({ path: true }).describe('the database file; made when missing'),
  table: z
    .string()
    .min(1)
    .describe('its table, as in sqlite:PATH#TABLE; made when missing, and given columns for new fields'),
  columns: z
    .record(z.string().min(1), z.string().min(1))
    .describe('column: field.path; every field at the top if not given')
    .optional(),
});

function tableOptions(
  { path, table, columns }: z.output<typeof options>,
  { identity }: SinkBuild,
): TableOptions {
  return { place: `${basename(path)}#${table}`, table, columns, identity };
}

export const sqliteSink = defineSink({
  kind: 'sink',
  type: 'sqlite',
  summary: 'writes rows to a table of a SQLite file, over those with the same key',
  options,
  examples: ['sqlite:out.db#events'],
  mode: () => 'joined',
  target: ({ path, table }) => `${path}#${table}`,
  joinedFile: ({ path }) => path,
  fromUri: (uri) => ({
    ...uri.query,
    path: filePathOf({ ...uri, fragment: '' }),
    ...(uri.fragment === '' ? {} : { table: uri.fragment }),
  }),
  async build(given, context) {
    const { SqliteSink } = await import('./sink.ts');
    return new SqliteSink(given.path, tableOptions(given, context));
  },
  async buildJoined(given, context) {
    const { JoinedSqliteSink } = await import('./joined.ts');
    return new JoinedSqliteSink(given.path, tableOptions(given, context));
  },
});
