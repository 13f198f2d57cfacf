import { SourceRunner } from '../real/source-runner.ts';

/** The values in a topic that a reader of committed records finds. */
export async function committedMessages(brokers: string, topic: string): Promise<string[]> {
  const options = { brokers, topics: [topic], group: `${topic}-results`, offset: 'earliest' };
  const runner = new SourceRunner(options, { exitAtEnd: true });
  try {
    await (await runner.start()).end();
    return runner.got.map(({ text }) => String(text));
  } finally {
    await runner.stop();
  }
}
