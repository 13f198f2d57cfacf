import { describe, expect, onTestFinished, test } from 'vitest';
import type { Token } from '../../src/component/sink.ts';
import { kafkaSink } from '../../src/sinks/kafka/definition.ts';
import { type Marker, markerOffsets } from '../../src/sinks/kafka/marker.ts';
import { kafkaSinkOptions } from '../../src/sinks/kafka/options.ts';
import { KafkaStagedSink } from '../../src/sinks/kafka/staged-sink.ts';
import { eventsOf } from '../contracts/events.ts';
import { Holder, stagedSinkContract } from '../contracts/staged-sink.ts';
import { createTopic, openTransaction, uniqueName, withKafkaAdmin } from './kafka.ts';
import { servers } from './servers.ts';
import { SourceRunner } from './source-runner.ts';
import { StagedJob, stopped } from './staged-job.ts';
import type { Moment } from './staged-life.ts';
import { startServers } from './start-servers.ts';

/** Two seconds' worth, all different. */
const ROWS = 40_000;
const signal = new AbortController().signal;

/** What a consumer that reads committed gets of a topic, as values. */
async function committed(brokers: string, topic: string): Promise<Record<string, number>[]> {
  const options = { brokers, topics: topic, group: uniqueName('group'), offset: 'earliest' };
  const { got } = await (await new SourceRunner(options, { exitAtEnd: true }).start()).end();
  return got.map(({ text }) => JSON.parse(text ?? ''));
}

async function idsIn(brokers: string, topic: string): Promise<number[]> {
  return (await committed(brokers, topic)).map(({ id }) => id!).sort((a, b) => a - b);
}

/** All rows of the job, once each. */
async function expectAll(brokers: string, topic: string): Promise<void> {
  const rows = await committed(brokers, topic);
  expect([rows.length, new Set(rows.map((row) => JSON.stringify(row))).size]).toEqual([ROWS, ROWS]);
}

function markerOf({ run }: Token, interval: number): Marker {
  return { run: String(run), interval };
}

/** A job from a generator into a topic of its own. */
async function jobInto(brokers: string, settings = '') {
  const topic = uniqueName('once');
  const job = await StagedJob.of(`name: ${topic}
sources: { in: { type: generate, kind: clicks, count: ${ROWS}, rate: 20000 } }
sinks: { out: { type: kafka, brokers: "${brokers}", topic: ${topic}, guarantee: exactly_once } }
checkpoint: { interval: 50ms }
${settings}`);
  return { topic, live: job.live.bind(job) };
}

describe.runIf(servers)('a Kafka sink that delivers exactly once', () => {
  const brokers = servers?.kafka ?? '';

  stagedSinkContract('it', async () => {
    const topic = uniqueName('contract');
    await createTopic(brokers, topic, 2, { 'max.message.bytes': '20000' });
    const options = kafkaSinkOptions.parse({ brokers, topic, guarantee: 'exactly_once' });
    const context = { name: 'out', job: topic, format: 'json' as const, identity: [] };
    return {
      build: () => kafkaSink.buildStaged!(options, context),
      rows: () => committed(brokers, topic),
      value: (id) => ({ id }),
      refused: { id: -1, text: 'x'.repeat(30_000) },
    };
  });

  async function opener() {
    const topic = uniqueName('marked');
    await createTopic(brokers, topic, 1);
    const options = kafkaSinkOptions.parse({ brokers, topic, guarantee: 'exactly_once' });
    const holder = new Holder();
    const open = async (
      last: Parameters<KafkaStagedSink['open']>[0],
      from: number | null,
      duplicates = false,
    ) => {
      const context = { name: 'out', job: topic, format: 'json' as const, identity: [] };
      const sink = new KafkaStagedSink(options, context);
      onTestFinished(() => sink.close());
      await sink.open(last, holder.takeOver(from, duplicates));
      return sink;
    };
    return { topic, open };
  }
  const row = (id: number) => [eventsOf([{ id }])];

  test('goes behind what it has committed only when duplicates are allowed', async () => {
    const { topic, open } = await opener();
    const sink = await open(null, null);
    await sink.deliver(1, row(1), signal);
    const token = sink.token();
    await sink.deliver(2, row(2), signal);
    await sink.deliver(3, row(3), signal);
    await expect(open(token, 2)).rejects.toThrow(`topic ${topic} holds rows up to checkpoint 3`);

    const again = await open(token, 2, true);
    await again.deliver(2, row(2), signal);
    await again.deliver(3, row(3), signal);
    expect(await idsIn(brokers, topic)).toEqual([1, 2, 3, 3]);
  });

  test('does not guess when its marker is gone', async () => {
    const { topic, open } = await opener();
    const sink = await open(null, null);
    await sink.deliver(1, row(1), signal);
    const token = sink.token();
    await sink.close();
    await withKafkaAdmin(brokers, (admin) => admin.deleteGroups([`sluice-${topic}.out`]));
    await expect(open(token, 2)).rejects.toThrow('has lost the marker');
  });

  test('does not guess either when it had delivered nothing before the checkpoint', async () => {
    const { topic, open } = await opener();
    const sink = await open(null, null);
    const token = sink.token();
    const untouched = await open(token, 1);
    await untouched.deliver(1, row(1), signal);
    await untouched.close();
    await withKafkaAdmin(brokers, (admin) => admin.deleteGroups([`sluice-${topic}.out`]));
    await expect(open(token, 1)).rejects.toThrow('has lost the marker');
    expect(await idsIn(brokers, topic)).toEqual([1]);
  });

  test('waits for the marker of a transaction whose end the group has not heard of', async () => {
    const { topic, open } = await opener();
    const sink = await open(null, null);
    await sink.deliver(1, row(1), signal);
    const token = sink.token();
    const group = `sluice-${topic}.out`;
    // Another producer's, which opening the sink does not end: what it holds back stays so until we say.
    const pending = await openTransaction(brokers, {
      group,
      topics: markerOffsets(topic, markerOf(token, 3)),
    });
    const outcome = open(token, 2).then(
      () => 'opened',
      (error: Error) => error.message,
    );
    const shown = async () => {
      const query = { groupId: group, topics: [topic] };
      const [offsets] = await withKafkaAdmin(brokers, (admin) => admin.fetchOffsets(query));
      return JSON.parse(offsets?.partitions[0]?.metadata ?? '').interval;
    };
    // Whoever asks without insisting is told of the older one, all the time that the sink is opening.
    for (let time = 0; time < 20; time++) expect(await shown()).toBe(1);
    await pending.commit();

    expect(await outcome).toContain(`topic ${topic} holds rows up to checkpoint 3`);
  });

  test('begins anew when the job is started afresh', async () => {
    const { topic, open } = await opener();
    const sink = await open(null, null);
    await sink.deliver(7, row(1), signal);
    const fresh = await open(null, null);
    await fresh.deliver(1, row(2), signal);
    expect(await idsIn(brokers, topic)).toEqual([1, 2]);
  });

  test.each<Moment>(['before', 'within', 'after'])(
    'shows every row once when the process is killed %s a delivery, twice in a row',
    async (moment) => {
      const job = await jobInto(brokers);
      const killed = await job.live('start', { delivery: 3, moment, signal: 'SIGKILL' }).finished;
      expect(killed.signal).toBe('SIGKILL');
      // A delivery that has happened is not repeated: the next one is the first of this life.
      const again = await job.live('recover', { delivery: 1, moment, signal: 'SIGKILL' }).finished;
      expect(again.signal).toBe('SIGKILL');
      const { code, stderr } = await job.live('recover').finished;
      expect([code, stderr]).toEqual([0, '']);
      await expectAll(brokers, job.topic);
    },
  );

  test.each<Moment>(['before', 'within', 'after'])(
    'shows nothing of a process that pauses %s a delivery and wakes after another took over',
    async (moment) => {
      const job = await jobInto(brokers);
      const paused = job.live('start', { delivery: 3, moment, signal: 'SIGSTOP' });
      await stopped(paused);
      const { code, stderr } = await job.live('recover').finished;
      expect([code, stderr]).toEqual([0, '']);
      paused.child.kill('SIGCONT');
      const woken = await paused.finished;
      expect(woken.code).toBe(1);
      expect(woken.stderr.trim().split('\n').at(-1)).toContain(`another process took over job ${job.topic}`);
      await expectAll(brokers, job.topic);
    },
  );

  test('waits while Kafka is down in the middle of a transaction, and shows every row once', async () => {
    const own = await startServers({ names: ['kafka'] });
    try {
      const job = await jobInto(own.kafka);
      const life = job.live('start', { delivery: 2, moment: 'within', signal: 'SIGSTOP' });
      await stopped(life);
      await own.kill('kafka');
      life.child.kill('SIGCONT');
      await new Promise<void>((resolve) => {
        life.child.stderr.on('data', (text) => String(text).includes('waiting for the server') && resolve());
      });
      await own.up('kafka');
      expect((await life.finished).code).toBe(0);
      await expectAll(own.kafka, job.topic);
    } finally {
      await own.down();
    }
  });

  test('ends with code 3 when Kafka is away for longer than sink_timeout, and goes on later', async () => {
    const own = await startServers({ names: ['kafka'] });
    try {
      const job = await jobInto(own.kafka, 'sink_timeout: 2s');
      const life = job.live('start', { delivery: 2, moment: 'before', signal: 'SIGSTOP' });
      await stopped(life);
      await own.kill('kafka');
      life.child.kill('SIGCONT');
      expect((await life.finished).code).toBe(3);
      await own.up('kafka');
      const { code, stderr } = await job.live('recover').finished;
      expect([code, stderr]).toEqual([0, '']);
      await expectAll(own.kafka, job.topic);
    } finally {
      await own.down();
    }
  });
});
