/** bare-lines INPUT OUTPUT: readline, `JSON.parse`, the filter, `JSON.stringify`. */

import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';

const [input = '', output = ''] = process.argv.slice(2);
const written = createWriteStream(output);
for await (const line of createInterface({ input: createReadStream(input) })) {
  const event = JSON.parse(line);
  if (event.value > 100 && !written.write(`${JSON.stringify(event)}\n`)) await once(written, 'drain');
}
written.end();
await once(written, 'close');
