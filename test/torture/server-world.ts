import { connectTo } from '../real/cassandra.ts';
import { createTopic, produce } from '../real/kafka.ts';
import type { Surroundings } from './cells.ts';
import { clicks } from './input.ts';
import { committedMessages } from './kafka-results.ts';
import { type Results, remains } from './results.ts';
import { EVENTS, Trial } from './trial.ts';
import { embeddedWorld, namesOfItsOwn, type World } from './world.ts';

/** Jobs must not depend on how partitions are interleaved. */
const PARTITIONS = 2;

/** Files, and the servers at these addresses. */
export function serverWorld(servers: { readonly kafka: string; readonly cassandra: string }): World {
  const surroundings = new Map<Trial, Surroundings>();
  let input: Promise<string> | undefined;
  return {
    async trial(cell, breakage) {
      const names = namesOfItsOwn();
      if (cell.source === 'kafka') input ??= produceInput(servers.kafka);
      if (cell.sink === 'kafka') await createTopic(servers.kafka, names.outputTopic);
      const around = { ...servers, ...names, ...(cell.source === 'kafka' && { inputTopic: await input! }) };
      const trial = new Trial(cell, around, breakage);
      surroundings.set(trial, around);
      return trial;
    },
    async results(trial): Promise<Results> {
      const { outputTopic, keyspace } = surroundings.get(trial)!;
      const { sink } = trial.cell;
      if (sink !== 'kafka' && sink !== 'cassandra') return embeddedWorld.results(trial);
      const rows =
        sink === 'kafka'
          ? await committedMessages(servers.kafka, outputTopic)
          : await cassandraRows(servers.cassandra, keyspace);
      return { rows, ...(await remains(trial.folder, 'tortured')) };
    },
  };
}

async function produceInput(kafka: string): Promise<string> {
  const { outputTopic } = namesOfItsOwn();
  const topic = `${outputTopic}-in`;
  await createTopic(kafka, topic, PARTITIONS);
  const records = clicks(EVENTS, { late: false }).map((value) => ({ value, partition: partitionOf(value) }));
  await produce(kafka, topic, records);
  return topic;
}

/** All of a user's clicks go to one partition, which keeps their order. */
function partitionOf(value: string): number {
  return Number(/"u(\d+)"/.exec(value)?.[1] ?? 0) % PARTITIONS;
}

async function cassandraRows(contactPoint: string, keyspace: string): Promise<string[]> {
  const client = await connectTo(contactPoint);
  try {
    const { rows } = await client.execute(`SELECT JSON * FROM ${keyspace}.rows`, [], { fetchSize: 50_000 });
    return rows.map((row) => String(row.get(0)));
  } finally {
    await client.shutdown();
  }
}
