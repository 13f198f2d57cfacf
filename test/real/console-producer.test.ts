import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { type Compression, produceWithConsole } from './console-producer.ts';
import { servers } from './servers.ts';

const codecs: readonly Compression[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

test.runIf(servers)('the console producer writes every line, with each codec', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'sluice-console-'));
  const file = join(dir, 'lines');
  await writeFile(file, Array.from({ length: 1000 }, (_, n) => `u${n}|{"n":${n}}\n`).join(''));
  const admin = new Kafka({ brokers: [servers!.kafka], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = codecs.map((codec) => `console-${codec}-${process.pid}`);
  await admin.createTopics({ topics: topics.map((topic) => ({ topic })), waitForLeaders: false });
  for (const [index, compression] of codecs.entries()) {
    const topic = topics[index]!;
    await produceWithConsole({ kafka: servers!.kafka, topic, file, compression, keySeparator: '|' });
    const ends = await admin.fetchTopicOffsets(topic);
    expect(ends.reduce((sum, end) => sum + Number(end.offset), 0)).toBe(1000);
  }
  await admin.deleteTopics({ topics });
  await admin.disconnect();
  await rm(dir, { recursive: true });
});
