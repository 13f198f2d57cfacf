import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServers } from '../test/real/start-servers.ts';
import { topicOf, writeHalf, writeLines } from './events.ts';

/** Where the rows run: servers, data and a folder, each made when first asked for. */
export interface Stage {
  readonly dir: string;
  readonly events: number;
  servers(): Promise<{ kafka: string; cassandra: string; localDatacenter: string }>;
  /** A Kafka URI of a topic with the first `count` events, with a group of its own at each call. */
  topic(count: number): Promise<{ kafka: string; topic: string }>;
  /** A file of the first `count` events, `step` milliseconds apart if not the usual. */
  lines(count: number, step?: number): Promise<string>;
  /** Two files with half of the first `count` events each, of the same users. */
  halves(count: number): Promise<readonly [string, string]>;
  close(): Promise<void>;
}

/** Uses the servers of the environment, where the topics stay for the next run, or else starts its own. */
export async function openStage(events: number): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  const { KAFKA_BOOTSTRAP_SERVERS: kafka, CASSANDRA_CONTACT_POINTS: cassandra } = process.env;
  const localDatacenter = process.env.CASSANDRA_LOCAL_DC ?? 'datacenter1';
  const given = kafka && cassandra ? { kafka, cassandra, localDatacenter } : undefined;
  let own: ReturnType<typeof startServers> | undefined;
  const servers = async () => given ?? (await (own ??= startServers()));
  return {
    dir,
    events,
    servers,
    async topic(count) {
      const { kafka } = await servers();
      return { kafka, topic: await topicOf(count, kafka) };
    },
    async lines(count, step) {
      const file = join(dir, `events-${count}-${step ?? 'usual'}.jsonl`);
      if (!existsSync(file)) await writeLines(count, file, step);
      return file;
    },
    async halves(count) {
      const files = [0, 1].map((half) => join(dir, `half-${count}-${half}.jsonl`)) as [string, string];
      if (!existsSync(files[0])) {
        await writeHalf(count, files[0], 0);
        await writeHalf(count, files[1], 1);
      }
      return files;
    },
    async close() {
      await (await own)?.down();
      await rm(dir, { recursive: true });
    },
  };
}
