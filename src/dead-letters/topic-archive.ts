import { randomUUID } from 'node:crypto';
import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import { connectKafka, withAdmin } from '../clients/kafka/connect.ts';
import { connectionFromEnvironment } from '../clients/kafka/options.ts';
import { optionsFromUri } from '../clients/kafka/uri.ts';
import { type Millis, systemClock } from '../clock.ts';
import type { SourceHost } from '../component/source.ts';
import type { EndpointUri } from '../component/uri.ts';
import type { Records } from '../event.ts';
import { type KafkaSourceOptions, kafkaSourceOptions } from '../sources/kafka/options.ts';
import { KafkaSource } from '../sources/kafka/source.ts';
import { letterIn } from './message.ts';

const AT_ONCE = 1000;
const BYTES_AT_ONCE = 4 * 1024 * 1024;
const ADMIN_DEADLINE: Millis = 5000;

/** The letters among the records that the topic holds now; the others are passed over. */
export async function lettersInTopic(uri: EndpointUri): Promise<DeadLetter[]> {
  const options = kafkaSourceOptions.parse({
    ...optionsFromUri(uri, kafkaSourceOptions),
    ...connectionFromEnvironment(process.env),
    ...(uri.authority !== '' && { brokers: uri.authority }),
    topics: uri.path,
    group: `sluice-dlq-${randomUUID()}`,
    offset: 'earliest',
  });
  const letters: DeadLetter[] = [];
  try {
    await readAll(options, (records) => {
      for (let index = 0; index < records.length; index++) {
        const letter = letterIn(records, index);
        if (letter !== undefined) letters.push(letter);
      }
    });
    return letters;
  } finally {
    await forgetGroup(options);
  }
}

async function readAll(options: KafkaSourceOptions, take: (records: Records) => void): Promise<void> {
  const source = new KafkaSource(options, { name: 'dlq', job: 'dlq', format: 'text', exitAtEnd: true });
  const failed = new AbortController();
  const host: SourceHost = {
    name: 'dlq',
    clock: systemClock,
    exist() {},
    assigned: async () => ({}),
    revoked: async () => {},
    status() {},
    ended() {},
    lag() {},
    fail: (error) => failed.abort(error),
    notice() {},
  };
  try {
    await source.open({}, host);
    while (!source.ended) {
      failed.signal.throwIfAborted();
      const records = source.poll(AT_ONCE, BYTES_AT_ONCE);
      if (records === undefined) await source.ready(failed.signal);
      else take(records);
    }
  } finally {
    await source.close();
  }
}

/** Nobody will read on as that group. */
async function forgetGroup(options: KafkaSourceOptions): Promise<void> {
  const endpoint = await connectKafka(options, 'dlq', systemClock);
  const groups = [options.group!];
  await withAdmin(endpoint, ADMIN_DEADLINE, (admin) => admin.deleteGroups(groups)).catch(() => undefined);
}
