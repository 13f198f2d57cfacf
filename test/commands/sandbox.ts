import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const MINUTE = 60_000;
const START = Date.parse('2026-01-01T00:00:00Z');

/** A folder with all that the examples of the commands name, and `sluice` on its path. */
export class Sandbox {
  readonly folder: string;
  /** A folder in it without a file. */
  readonly empty: string;
  /** The program, as the examples find it. */
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;

  constructor(folder: string) {
    this.folder = folder;
    this.empty = join(folder, 'empty');
    mkdirSync(this.empty);
    const bin = join(folder, '.bin');
    mkdirSync(bin);
    this.program = join(bin, 'sluice');
    writeFileSync(this.program, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
    chmodSync(this.program, 0o755);
    cpSync(new URL('../../examples', import.meta.url), join(folder, 'examples'), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    this.environment = {
      PATH: `${bin}:${dirname(process.execPath)}:${process.env.PATH}`,
      HOME: folder,
      SLUICE_HOME: join(folder, '.state'),
      NO_COLOR: '1',
    };
  }
}

function lines(count: number, record: (index: number) => object): string {
  return Array.from({ length: count }, (_, index) => `${JSON.stringify(record(index))}\n`).join('');
}

const users = ['ann', 'bob', 'cid'];
const events = lines(17, (index) => ({
  user_id: users[index % 3],
  action: index % 2 ? 'click' : 'view',
  page: `/${index % 4}`,
  value: index === 5 ? 'five' : index,
  timestamp: START + index * MINUTE,
  internal: true,
}));

const files: Readonly<Record<string, string>> = {
  // The last record is cut short, and one value is no number.
  'events.jsonl': `${events}{"user_id": "ann", "acti\n`,
  'events.csv': 'user_id,value,internal\nann,5,x\nbob,50,x\n',
  'clicks.jsonl': lines(20, (index) => ({
    user_id: users[index % 3],
    page: `/${index % 4}`,
    timestamp: START + index * MINUTE,
  })),
  'sensors.jsonl': lines(60, (index) => ({
    sensor_id: 's1',
    temperature: index === 50 ? 90 : 20 + (index % 3),
    timestamp: START + index * 10_000,
  })),
  'orders.jsonl': lines(3, (index) => ({
    id: index,
    user_id: users[index],
    action: 'order',
    at: START + index * 1000,
  })),
  'payments.jsonl': lines(1, () => ({ user_id: 'ann', action: 'pay', at: START + 2000 })),
  'users.jsonl': lines(3, (index) => ({ id: users[index], name: users[index], at: START })),
  'trades.jsonl': lines(2, (index) => ({ symbol: 'a', price: 10 + index, at: START + index * 1000 })),
  'quotes.jsonl': lines(1, () => ({ symbol: 'a', price: 9, at: START - 1000 })),
  'heartbeats.jsonl': lines(2, (index) => ({ host: 'h1', at: START + index * 5 * MINUTE })),
  'job.yaml': `name: views
sources: { clicks: { type: generate, kind: clicks, count: 100, bad: 10, time: timestamp } }
operators: { typed: { type: transform, steps: [{ set: { product: "CAST(substr(page, 11) AS INTEGER)" } }] } }
sinks: { table: { type: sqlite, path: views.db, table: views } }
`,
  'clicks.yaml': `name: clicks
sources: { clicks: { type: generate, kind: clicks, count: 1000000, rate: 2000, time: timestamp } }
operators: { enriched: { type: transform, steps: [{ set: { country: "'IS'" } }, { drop: metadata }] } }
sinks: { out: { type: file, path: enriched.jsonl } }
`,
};
