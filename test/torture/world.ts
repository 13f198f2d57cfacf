import { randomUUID } from 'node:crypto';
import type { Breakage } from './broken.ts';
import type { Cell } from './cells.ts';
import { fileLines, type Results, remains, sqliteRows } from './results.ts';
import { Trial } from './trial.ts';

/** Where trials take place: makes what they need, and reads what they leave. */
export interface World {
  trial(cell: Cell, breakage?: Breakage): Promise<Trial>;
  results(trial: Trial): Promise<Results>;
}

/** Files alone. */
export const embeddedWorld: World = {
  trial: async (cell, breakage) => new Trial(cell, namesOfItsOwn(), breakage),
  async results({ cell, folder }) {
    const rows = cell.sink === 'file' ? fileLines(folder) : sqliteRows(folder);
    return { rows, ...(await remains(folder, 'tortured')) };
  },
};

export function namesOfItsOwn() {
  const id = randomUUID().slice(0, 8);
  return { outputTopic: `torture-${id}`, keyspace: `torture_${id}` };
}
