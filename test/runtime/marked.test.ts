import { expect, it } from 'vitest';
import { Event, identityOf, type Origin, type Records } from '../../src/event.ts';
import { marked } from '../../src/runtime/marked.ts';
import { Narrowing } from '../../src/runtime/narrowing.ts';

function origin(): Origin {
  const records = { partition: 'p', offset: () => 7 } as Partial<Records> as Records;
  return { source: 'in', records, readAt: 0 };
}

const input = { node: 'views', port: 'late', isShared: true };

it('an event that may come in by several inputs has an identity for each, and is else the same', () => {
  const received: Event[] = [];
  const receive = marked(input, new Narrowing(), (event) => received.push(event));
  const event = new Event({ n: 1 }, 5, origin(), 0, null, 'delete', 2, false);
  receive(event);
  receive(new Event({ n: 1 }, 5, origin(), 0, 'in:p:7#0'));
  expect(received.map(identityOf)).toEqual(['in:p:7#views.late', 'in:p:7#0#views.late']);
  expect({ ...received[0], id: null }).toEqual({ ...event });
});

it('of a replayed event only that goes on which was refused', () => {
  const narrowing = new Narrowing();
  const received: string[] = [];
  const receive = marked(input, narrowing, (event) => received.push(identityOf(event)));
  for (const refused of ['in:p:7#clicks', 'in:p:7#views.late', 'in:p:7']) {
    const replayed = origin();
    narrowing.narrow(replayed, refused);
    receive(new Event({}, 5, replayed, 0));
  }
  expect(received).toEqual(['in:p:7#views.late', 'in:p:7#views.late']);
});
