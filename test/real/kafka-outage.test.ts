import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type SinkHost, UnsettledError } from '../../src/component/sink.ts';
import { TransientError } from '../../src/errors.ts';
import { kafkaSinkOptions } from '../../src/sinks/kafka/options.ts';
import { KafkaSink } from '../../src/sinks/kafka/sink.ts';
import { createTopic, numbered, produce, uniqueName } from './kafka.ts';
import { eventOf } from './kafka-events.ts';
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
    // A broker that has just started may send the group away before.
    expect(runner.notices.slice(-2)).toEqual([
      expect.stringMatching(/reconnecting$/),
      'kafka: connected again',
    ]);
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

  test('loses nothing of what a sink was given, which is told what is not settled', async () => {
    const brokers = own.kafka;
    const topic = uniqueName('written');
    await createTopic(brokers, topic, 2);
    const context = { name: 'out', job: 'test', format: 'json' as const, identity: [] };
    const sink = new KafkaSink(kafkaSinkOptions.parse({ brokers, topic }), context);
    await sink.open(null, { clock: systemClock } as SinkHost);
    const failures: unknown[] = [];
    let failed = () => {};
    const firstFailure = new Promise<void>((resolve) => {
      failed = resolve;
    });
    const write = async (from: number) => {
      let batch = Array.from({ length: 100 }, (_, index) => eventOf({ id: from + index }));
      while (batch.length > 0) {
        try {
          await sink.write(batch, new AbortController().signal);
          batch = [];
        } catch (error) {
          if (!(error instanceof TransientError)) throw error;
          failures.push(error);
          failed();
          if (!(error instanceof UnsettledError)) continue;
          const left = [...error.unsettled, ...error.untried].sort((a, b) => a - b);
          batch = left.map((index) => batch[index]!);
        }
      }
    };

    await write(0);
    await own.kill('kafka');
    const written = write(100);
    await firstFailure;
    await own.up('kafka');
    await written;
    expect(failures[0]).toMatchObject({ answered: false });
    await sink.close();

    const options = { brokers, topics: topic, group: uniqueName('group'), offset: 'earliest' };
    const { texts } = await (await new SourceRunner(options, { exitAtEnd: true }).start()).end();
    const ids = new Set(texts.map((text) => (JSON.parse(text ?? '') as { id: number }).id));
    expect([...ids].sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, id) => id));
  });
});
