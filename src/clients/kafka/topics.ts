import { distance } from 'fastest-levenshtein';
import type { Admin, ITopicConfig } from 'kafkajs';
import type { Clock, Millis } from '../../clock.ts';
import { SpecError } from '../../errors.ts';
import { rootOf } from './errors.ts';

const TOPIC_SPREADS: Millis = 10_000;
const LOOK_AGAIN: Millis = 50;

/**
 * Creates a topic, with the brokers' defaults for what is left out, and waits until it can be written to. kafkajs's own
 * wait fails while the brokers have not heard of the topic yet. Tells whether it was missing.
 */
export async function createTopic(admin: Admin, topic: ITopicConfig, clock: Clock): Promise<boolean> {
  const created = await admin.createTopics({ topics: [topic], waitForLeaders: false });
  const since = clock.elapsed();
  for (;;) {
    try {
      await admin.fetchTopicMetadata({ topics: [topic.topic] });
      return created;
    } catch (error) {
      const { type = '' } = rootOf(error);
      const spreading = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'].includes(type);
      if (!spreading || clock.elapsed() - since > TOPIC_SPREADS) throw error;
      await clock.sleep(LOOK_AGAIN);
    }
  }
}

/** Throws SpecError, which names topics spelled alike, for the first of `topics` that is not among `existing`. */
export function refuseMissingTopics(topics: readonly string[], existing: readonly string[]): void {
  const missing = topics.find((topic) => !existing.includes(topic));
  if (missing === undefined) return;
  const similar = similarTopics(missing, existing);
  throw new SpecError(`kafka has no topic "${missing}"`, {
    hint:
      similar.length > 0
        ? `did you mean ${similar.join(', ')}?`
        : 'create it, or check the brokers and your access',
  });
}

function similarTopics(topic: string, existing: readonly string[]): string[] {
  const word = topic.toLowerCase();
  return existing
    .filter((name) => !name.startsWith('__'))
    .map((name) => ({ name, steps: distance(word, name.toLowerCase()) }))
    .filter(({ steps }) => steps <= Math.max(1, Math.floor(word.length / 3)))
    .sort((a, b) => a.steps - b.steps)
    .slice(0, 3)
    .map(({ name }) => `"${name}"`);
}
