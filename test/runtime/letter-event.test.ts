import { expect, it } from 'vitest';
import type { DeadLetter } from '../../src/checkpoint/dead-letter.ts';
import { RowReader, recordsOf } from '../../src/codecs/rows.ts';
import type { Records } from '../../src/event.ts';
import { letterHeaders, originOf } from '../../src/runtime/letter-event.ts';

function restored(headers: Record<string, string>): Records {
  const letter = {
    source: 'in',
    partition: 'a',
    position: 3,
    timestamp: null,
    bytes: null,
    key: null,
    error: { code: 'decode', message: '' },
    headers,
  };
  return originOf(letter as unknown as DeadLetter).records;
}

it('the columns of CSV come back from a letter, whatever they are called', () => {
  const reader = new RowReader({ partition: 'a', format: 'csv', start: 0, resume: 0 });
  const [rows] = [...reader.take(Buffer.from('id,"a, ""b""\nc",\n1,2,3\n')), ...reader.end()];
  const records = recordsOf(rows!, 0, 1);
  const again = restored(letterHeaders(records, 0));
  expect(again.columns).toEqual(['id', 'a, "b"\nc', 'column3']);
  expect(again.headers(0)).toEqual({});
});

it('no header that a record came with passes for the columns', () => {
  const records = { headers: () => ({ trace: Buffer.from('7'), 'sluice-csv-header': 'a,a' }) };
  const kept = letterHeaders(records as unknown as Records, 0);
  expect(kept).toEqual({ trace: '7' });
  expect(restored(kept).columns).toBeUndefined();
});
