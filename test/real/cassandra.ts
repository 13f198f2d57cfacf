import { randomUUID } from 'node:crypto';
import type { Client } from 'cassandra-driver';
import { connectCassandra } from '../../src/clients/cassandra/connect.ts';
import { systemClock } from '../../src/clock.ts';
import type { Rejection, Sink } from '../../src/component/sink.ts';
import type { Event } from '../../src/event.ts';
import { cassandraSink } from '../../src/sinks/cassandra/definition.ts';
import { cassandraSinkOptions } from '../../src/sinks/cassandra/options.ts';

/** A name that no other test has. */
export function uniqueKeyspace(prefix: string): string {
  return `${prefix}_${randomUUID().slice(0, 8)}`;
}

export interface OpenedSink {
  readonly sink: Sink;
  write(events: readonly Event[]): Promise<readonly Rejection[]>;
}

/** Rising over all tests of a run, as a job's tokens do over its runs. */
let lastToken = 0n;

export function nextToken(): bigint {
  const now = BigInt(systemClock.now()) * 1000n;
  lastToken = now > lastToken ? now : lastToken + 1n;
  return lastToken;
}

/** A sink as a job opens it; close it with `sink.close()`. `token` stands in for the job's write tokens. */
export async function openSink(
  options: Record<string, unknown>,
  token: () => bigint = nextToken,
  identity: readonly string[] = [],
): Promise<OpenedSink> {
  const build = { name: 'table', job: 'test', format: 'json' as const, identity };
  const sink = await cassandraSink.build(cassandraSink.options.parse(options), build);
  await sink.open(null, {
    name: 'table',
    job: 'test',
    clock: systemClock,
    epoch: 1,
    token,
    notice: () => {},
  });
  return { sink, write: (events) => sink.write(events, new AbortController().signal) };
}

export function connectTo(contactPoint: string): Promise<Client> {
  const options = cassandraSinkOptions.parse({ contact_points: contactPoint, table: 'any.table' });
  return connectCassandra(options, systemClock);
}
