import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTopic, numbered, produce, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';
import { SourceRunner } from './source-runner.ts';
import { type PrivateServers, startServers } from './start-servers.ts';

describe.runIf(servers)('a Kafka source whose broker fails', () => {
  let own: PrivateServers;
  beforeAll(async () => {
    own = await startServers({ names: ['kafka'] });
  });
  afterAll(() => own?.down());

  const values = (prefix: string) => numbered(500, prefix).map(({ value }) => value);

  test('waits while the broker is dead, and then reads on with nothing lost or doubled', async () => {
    const brokers = own.kafka;
    const topic = uniqueName('killed');
    await createTopic(brokers, topic, 2);
    await produce(brokers, topic, numbered(500, 'before'));
    const options = { brokers, topics: [topic], group: uniqueName('group') };
    const runner = await new SourceRunner(options).start();
    await runner.until(({ got }) => got.length === 500);

    await own.kill('kafka');
    await runner.until(({ statuses }) => statuses.at(-1)?.endsWith('unreachable') === true);
    await own.up('kafka');
    await produce(brokers, topic, numbered(500, 'after'));
    await runner.until(({ got }) => got.length >= 1000);
    await runner.stop();

    expect(runner.texts.toSorted()).toEqual([...values('after'), ...values('before')].toSorted());
    expect(runner.notices).toEqual([expect.stringMatching(/reconnecting$/), 'kafka: connected again']);
  });

  test('waits while the broker is frozen', async () => {
    const brokers = own.kafka;
    const topic = uniqueName('frozen');
    await createTopic(brokers, topic, 1);
    await produce(brokers, topic, numbered(500, 'before'));
    const options = { brokers, topics: [topic], group: uniqueName('group'), request_timeout: 2000 };
    const runner = await new SourceRunner(options).start();
    await runner.until(({ got }) => got.length === 500);

    await own.pause('kafka');
    await runner.until(({ statuses }) => statuses.at(-1)?.endsWith('unreachable') === true);
    await own.resume('kafka');
    await produce(brokers, topic, numbered(500, 'after'));
    await runner.until(({ got }) => got.length >= 1000);
    await runner.stop();

    expect(runner.texts).toEqual([...values('before'), ...values('after')]);
  });
});
