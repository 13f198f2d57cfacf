import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileSource } from '../../../src/sources/file/definition.ts';
import { temporaryFolder } from '../../contracts/folder.ts';
import { sourceContract } from '../../contracts/source.ts';

type Format = 'json' | 'csv' | 'text';

function overFiles(
  files: Readonly<Record<string, string | Buffer>>,
  count: number,
  format: Format,
  glob = '*',
) {
  return async () => {
    const folder = await temporaryFolder();
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    const options = fileSource.options.parse({ path: join(folder, glob) });
    return {
      build: () => fileSource.build(options, { name: 'in', job: 'test', format, exitAtEnd: false }),
      count,
    };
  };
}

const lines = Array.from({ length: 25 }, (_, index) => JSON.stringify({ index, text: 'é'.repeat(index) }));
const rows = 'id,text\r\n1,"two\nlines"\r\n\r\n2,plain\r\n3,"a ""quote"""';

sourceContract('a file', overFiles({ 'a.jsonl': lines.join('\n') }, 25, 'json', 'a.jsonl'));
sourceContract(
  'a file with a line end at its end',
  overFiles({ a: `${lines.join('\r\n\n')}\n\n` }, 25, 'json'),
);
sourceContract('several files', overFiles({ b: 'b1\nb2', c: 'c1', a: 'a1\na2\n' }, 5, 'text'));
sourceContract('an empty file', overFiles({ a: '' }, 0, 'json'));
sourceContract('a CSV file', overFiles({ 'a.csv': rows }, 3, 'csv'));
sourceContract('a compressed CSV file', overFiles({ 'a.csv.gz': gzipSync(rows) }, 3, 'csv'));
sourceContract(
  'a gzip file of several members',
  overFiles(
    { 'a.gz': Buffer.concat([gzipSync(`${lines.join('\n')}\n{"la`), gzipSync('st":1}\n')]) },
    26,
    'json',
  ),
);
