import { compressionOf } from '../../../src/codecs/compression.ts';
import { decoderFor } from '../../../src/codecs/index.ts';
import type { Format } from '../../../src/component/define.ts';
import type { JsonObject } from '../../../src/event.ts';
import { FileSource } from '../../../src/sources/file/source.ts';
import { TestSourceHost } from '../../contracts/host.ts';

/** What a file holds, as the source of the same format reads it. */
export async function rowsOf(path: string, format: Format): Promise<JsonObject[]> {
  const source = new FileSource({ path, format, follow: false, compression: compressionOf });
  const host = new TestSourceHost();
  await source.open({}, host);
  const decode = decoderFor(format);
  const rows: JsonObject[] = [];
  const never = new AbortController().signal;
  while (!source.ended) {
    if (host.failures[0]) throw host.failures[0];
    const records = source.poll(1000, 1 << 20);
    if (records === undefined) await source.ready(never);
    for (let index = 0; index < (records?.length ?? 0); index++)
      rows.push(records!.value?.(index) ?? decode(records!.text(index)!));
  }
  await source.close();
  return rows;
}
