import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { summaryOf, unaccounted, Workplace } from './sluice.ts';

/** Sends events with the ids 1, 2, 3 … into a web hook that answers some of them like this, and 200 else. */
async function send(count: number, answers: Record<number, number>) {
  const received: number[] = [];
  const server = createServer(async (request, response) => {
    const { id } = JSON.parse(Buffer.concat(await request.toArray()).toString());
    received.push(id);
    response.writeHead(answers[id] ?? 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const place = new Workplace();
  const lines = Array.from({ length: count }, (_, index) => `{"id":${index + 1}}\n`);
  writeFileSync(place.path('in.jsonl'), lines.join(''));
  const finished = await place.run([
    ...[
      'ingest',
      '--from',
      'in.jsonl',
      '--to',
      `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    ],
    ...['--max-retries', '1', '--retry-delay', '100ms', '--name', 'job', '--json'],
  ]);
  const { stdout } = await place.run(['dlq', 'list', 'job', '--json']);
  const letters = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .map(({ event, reason, attempts }) => [event.id, reason, attempts]);
  return { received, summary: summaryOf(finished.stdout), letters };
}

it('makes a dead letter of each event that a web hook refuses, also beside one that runs out of retries', async () => {
  const { summary, letters } = await send(3, { 1: 400, 3: 500 });
  expect(summary).toMatchObject({ written: 1, dead_letters: 2 });
  expect(unaccounted(summary)).toEqual({});
  expect(letters).toEqual([
    [1, 'refused', 1],
    [3, 'retries', 2],
  ]);
});

it('makes a dead letter of the one event that a web hook does not take, and delivers the others', async () => {
  const { received, summary, letters } = await send(8, { 3: 500 });
  expect(summary).toMatchObject({ written: 7, dead_letters: 1 });
  expect(received.toSorted()).toEqual([1, 2, 3, 3, 4, 5, 6, 7, 8]);
  expect(letters).toEqual([[3, 'retries', 2]]);
});
