import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { consoleClients } from './start-servers.ts';

export type Compression = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

/**
 * Writes each line of a file as a record, by Kafka's own console producer: a writer that shares no code with ours.
 * With `keySeparator` what stands before its first occurrence in a line is the key.
 */
export async function produceWithConsole(records: {
  /** `host:port`. */
  kafka: string;
  topic: string;
  file: string;
  compression?: Compression;
  keySeparator?: string;
}): Promise<void> {
  const { kafka, topic, file, compression = 'none', keySeparator } = records;
  const input = await open(file);
  const keys = keySeparator ? ['parse.key=true', `key.separator=${keySeparator}`] : [];
  const producer = spawn(
    'java',
    [
      ...['-cp', await consoleClients(), 'org.apache.kafka.tools.ConsoleProducer'],
      ...['--bootstrap-server', kafka, '--topic', topic, '--compression-codec', compression],
      ...['--max-partition-memory-bytes', '262144', '--producer-property', 'linger.ms=20'],
      ...keys.flatMap((property) => ['--property', property]),
    ],
    { stdio: [input.fd, 'ignore', 'pipe'] },
  );
  const said: string[] = [];
  producer.stderr?.setEncoding('utf8').on('data', (text: string) => said.push(text));
  const [code] = await once(producer, 'close');
  await input.close();
  const errors = said.join('');
  // It exits 0 also when records were refused.
  if (code !== 0 || errors.includes('ERROR'))
    throw new Error(`console producer ended with ${code}: ${errors}`);
}
