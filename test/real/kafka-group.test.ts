import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createTopic, numbered, produce, uniqueName } from './kafka.ts';
import { servers } from './servers.ts';
import { SourceRunner } from './source-runner.ts';

describe.runIf(servers)('a Kafka source in its group', () => {
  const brokers = servers?.kafka ?? '';

  test('gives partitions to a second member and takes them back, and nothing is lost', async () => {
    const topic = uniqueName('shared');
    await createTopic(brokers, topic, 4);
    const options = { brokers, topics: topic, group: uniqueName('group'), share: true };
    const keyed = (count: number, prefix: string) =>
      numbered(count, prefix).map((record) => ({ ...record, key: record.value }));

    const first = await new SourceRunner(options).start();
    await produce(brokers, topic, keyed(200, 'alone'));
    await first.until(({ got }) => got.length >= 200);
    const second = await new SourceRunner(options).start();
    await second.until(({ assignments }) => assignments.at(-1)?.length === 2);
    await first.until(({ assignments }) => assignments.at(-1)?.length === 2);
    await produce(brokers, topic, keyed(200, 'both'));
    const distinct = () => new Set([...first.texts, ...second.texts]).size;
    await first.until(() => distinct() === 400);
    await second.stop();
    await first.until(({ assignments }) => assignments.at(-1)?.length === 4);
    await produce(brokers, topic, keyed(200, 'again'));
    await first.until(() => distinct() === 600);
    await first.stop();

    expect(first.revocations[0]).toHaveLength(4);
    expect(second.got.length).toBeGreaterThan(0);
  });

  test('that it owns ends when another member joins, with all it read durable and the group told', async () => {
    const topic = uniqueName('owned');
    await createTopic(brokers, topic, 2);
    await produce(brokers, topic, numbered(10));
    const options = { brokers, topics: topic, group: uniqueName('group') };
    const owner = await new SourceRunner(options).start();
    await owner.until(({ got }) => got.length === 10);
    const stranger = await new SourceRunner({ ...options, share: true, client_id: 'stranger' }).start();

    await expect(owner.until(() => false)).rejects.toThrow(
      `group ${options.group} has another member, stranger on 127.0.0.1`,
    );
    await owner.stop();
    await stranger.until(({ assignments }) => assignments.at(-1)?.length === 2);
    await produce(brokers, topic, numbered(2, 'more'));
    await stranger.until(({ got }) => got.length === 2);
    await stranger.stop();
    expect(owner.revocations.flat().sort()).toEqual([`${topic}/0`, `${topic}/1`]);
    expect(stranger.texts.sort()).toEqual(['more-0', 'more-1']);
  });

  test('that it would own is refused at the start while another member reads, which goes on undisturbed', async () => {
    const topic = uniqueName('taken');
    await createTopic(brokers, topic, 2);
    const options = { brokers, topics: topic, group: uniqueName('group') };
    const stranger = await new SourceRunner({ ...options, share: true, client_id: 'stranger' }).start();
    await stranger.until(({ assignments }) => assignments.length === 1);

    await expect(new SourceRunner(options).start()).rejects.toThrow('has another member, stranger');
    await stranger.stop();
    expect(stranger.revocations).toEqual([]);
  });

  test('ends when a member of its own client id stays longer than a dead one could', async () => {
    const topic = uniqueName('twins');
    await createTopic(brokers, topic, 2);
    const options = { brokers, topics: topic, group: uniqueName('group'), session_timeout: '6s' };
    const owner = await new SourceRunner(options).start();
    const twin = await new SourceRunner({ ...options, share: true }).start();
    await expect(owner.until(() => false)).rejects.toThrow('has another member, sluice-test');
    await owner.stop();
    await twin.stop();
  });

  test('fetches nothing of a partition that is paused, and goes on where it was', async () => {
    const topic = uniqueName('paused');
    await createTopic(brokers, topic, 2);
    const both = (prefix: string) =>
      numbered(10, prefix).map((record, index) => ({ ...record, partition: index % 2 }));
    const runner = await new SourceRunner({ brokers, topics: topic, group: uniqueName('group') }).start();
    await produce(brokers, topic, both('before'));
    await runner.until(({ got }) => got.length === 10);

    runner.source.pause(`${topic}/1`);
    await produce(brokers, topic, both('meanwhile'));
    await runner.until(({ got }) => got.length === 15);
    await produce(brokers, topic, both('still'));
    await runner.until(({ got }) => got.length === 20);
    const partitions = new Set(runner.got.slice(10).map(({ partition }) => partition));
    runner.source.resume(`${topic}/1`);
    await runner.until(({ got }) => got.length === 30);
    await runner.stop();

    expect([...partitions]).toEqual([`${topic}/0`]);
    const offsets = runner.got.filter(({ partition }) => partition === `${topic}/1`);
    expect(offsets.map(({ offset }) => offset)).toEqual(Array.from({ length: 15 }, (_, index) => index));
  });

  test('stays a member while its buffer is full and nobody polls', async () => {
    const topic = uniqueName('full');
    await createTopic(brokers, topic, 1);
    await produce(brokers, topic, numbered(2000));
    const options = {
      brokers,
      topics: topic,
      group: uniqueName('group'),
      buffer_bytes: 1024,
      max_bytes: 4096,
    };
    const runner = new SourceRunner(options, { exitAtEnd: true });
    await runner.source.open({}, runner);
    const { clock } = runner;
    const since = clock.elapsed();
    // Longer than the session, so that a member without heartbeats would be put out.
    while (clock.elapsed() - since < 8000) await clock.sleep(100);
    runner.run();
    await runner.end();

    expect(runner.texts).toEqual(numbered(2000).map(({ value }) => value));
    expect(runner.revocations).toEqual([]);
  });

  test('says that a partition is idle at its end, and active when more comes', async () => {
    const topic = uniqueName('idle');
    await createTopic(brokers, topic, 1);
    const runner = await new SourceRunner({ brokers, topics: topic, group: uniqueName('group') }).start();
    await runner.until(({ statuses }) => statuses.at(-1) === `${topic}/0 idle`);
    await produce(brokers, topic, numbered(1));
    await runner.until(({ statuses }) => statuses.includes(`${topic}/0 active`));
    await runner.until(({ statuses }) => statuses.at(-1) === `${topic}/0 idle`);
    await runner.stop();
    expect(runner.lags.get(`${topic}/0`)).toBe(0);
  });

  test('takes over from a member that was killed', async () => {
    const topic = uniqueName('taken-over');
    await createTopic(brokers, topic, 1);
    await produce(brokers, topic, numbered(10));
    const options = { brokers, topics: topic, group: uniqueName('group') };
    const other = spawn(
      process.execPath,
      [fileURLToPath(new URL('./read-forever.ts', import.meta.url)), JSON.stringify(options)],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(other.stdout, 'data');
    other.kill('SIGKILL');

    const runner = await new SourceRunner(options).start();
    await runner.until(({ got }) => got.length === 10);
    await runner.stop();
    expect(runner.texts).toEqual(numbered(10).map(({ value }) => value));
  });
});
