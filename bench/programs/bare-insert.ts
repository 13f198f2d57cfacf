/**
 * bare-insert CONTACT_POINT DATACENTER TABLE COUNT IN_FLIGHT: a loop of prepared inserts of the first COUNT events,
 * IN_FLIGHT of them at a time.
 */
import { Client } from 'cassandra-driver';
import { eventAt } from '../events.ts';
import { insertInto } from '../tables.ts';

const [contactPoint = '', localDataCenter = '', table = '', count = '0', inFlight = '1'] =
  process.argv.slice(2);
const client = new Client({ contactPoints: [contactPoint], localDataCenter });
await client.connect();

const insert = insertInto(table);
const total = Number(count);
let next = 0;
async function insertInTurn(): Promise<void> {
  while (next < total) {
    const event = eventAt(next++);
    await client.execute(
      insert,
      [
        event.user_id,
        new Date(event.timestamp),
        event.id,
        event.action,
        event.value,
        event.page,
        event.referrer,
        event.country,
        event.timestamp * 1000,
      ],
      { prepare: true, isIdempotent: true },
    );
  }
}
await Promise.all(Array.from({ length: Number(inFlight) }, insertInTurn));
await client.shutdown();
