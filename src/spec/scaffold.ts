import { writeFileSync } from 'node:fs';
import { SpecError } from '../errors.ts';

/** A jobfile to start from: it runs as it is, and says what to change. */
const scaffold = `# A streaming job. Check it with: sluice validate FILE   Run it with: sluice run FILE
name: first-job
sources:
  clicks:                       # sluice components lists what can stand here
    type: generate
    kind: clicks
    count: 10000
    time: timestamp             # the field with the event time
operators:
  valued:
    type: transform             # reads the node above, unless from: says otherwise
    steps:
      - filter: value > 0
      - set: { double: value * 2 }
sinks:
  table:
    type: sqlite
    path: first-job.db
    table: clicks
`;

/** Writes the scaffold. Throws SpecError if the file is there, and leaves it alone. */
export function writeScaffold(file: string): void {
  try {
    writeFileSync(file, scaffold, { flag: 'wx' });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'EEXIST' ? 'the file is there already' : `the file can't be written (${code})`;
    throw new SpecError(reason, { place: file, hint: 'give another name: sluice init FILE' });
  }
}
