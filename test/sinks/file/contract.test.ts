import { join } from 'node:path';
import type { Format } from '../../../src/component/define.ts';
import type { JsonObject } from '../../../src/event.ts';
import { fileSink } from '../../../src/sinks/file/definition.ts';
import { temporaryFolder } from '../../contracts/folder.ts';
import { refusalContract, sinkContract } from '../../contracts/sink.ts';
import { rowsOf } from './read.ts';

function into(name: string, format: Format, value: (id: number) => JsonObject, options: object = {}) {
  return async () => {
    const path = join(await temporaryFolder(), name);
    const parsed = fileSink.options.parse({ path, ...options });
    return {
      build: () => fileSink.build(parsed, { name: 'out', job: 'test', format, identity: [] }),
      rows: () => rowsOf(path, format),
      repeat: 'again' as const,
      rewinds: true,
      value,
      refused: { ...value(1), [format === 'text' ? 'message' : 'unknown']: 3 },
    };
  };
}

const nested = (id: number) => ({ id, tags: ['a', 'b'], big: String(id) });
const flat = (id: number) => ({ id: String(id), name: `a, "b"\n${id}` });

sinkContract('a JSON file', into('out.jsonl', 'json', nested));
sinkContract('a JSON file that is appended to', into('out.jsonl', 'json', nested, { append: true }));
sinkContract('a gzip file', into('out.jsonl.gz', 'json', nested));
sinkContract('a CSV file', into('out.csv', 'csv', flat));
sinkContract('a compressed CSV file', into('out.csv.gz', 'csv', flat));
sinkContract(
  'a text file',
  into('out.txt', 'text', (id) => ({ message: `line ${id}` })),
);
refusalContract('a CSV file', into('out.csv', 'csv', flat));
refusalContract(
  'a text file',
  into('out.txt', 'text', (id) => ({ message: `line ${id}` })),
);
