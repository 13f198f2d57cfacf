import type { Compression } from '../../codecs/compression.ts';
import { RowReader } from '../../codecs/rows.ts';
import type { Format } from '../../component/define.ts';
import { openBytes } from './bytes.ts';

/** Whether there is a row in the file at all; read as far as the first one. Throws SpecError for a bad CSV header. */
export async function hasRows(path: string, format: Format, compression: Compression): Promise<boolean> {
  const bytes = await openBytes(path, compression, null);
  const rows = new RowReader({ partition: path, format, start: 0, resume: 0 });
  try {
    for (;;) {
      const more = await bytes.read();
      if ((more === null ? rows.end() : rows.take(more)).length > 0) return true;
      if (more === null) return false;
    }
  } finally {
    await bytes.close();
  }
}
