import type { Compression } from '../../codecs/compression.ts';
import type { Columns } from '../../codecs/csv.ts';
import { RowReader } from '../../codecs/rows.ts';
import { openBytes } from './bytes.ts';

/** The columns that the first row of a CSV file names; undefined if there is none. */
export async function columnsOf(path: string, compression: Compression): Promise<Columns | undefined> {
  const bytes = await openBytes(path, compression, null);
  const rows = new RowReader({ partition: path, format: 'csv', start: 0, resume: 0 });
  try {
    while (rows.columns === undefined) {
      const more = await bytes.read();
      if (more === null) {
        rows.end();
        break;
      }
      rows.take(more);
    }
    return rows.columns;
  } finally {
    await bytes.close();
  }
}
