import type { DeadLettersSpec } from '../spec/dead-letters.ts';
import type { LetterStore } from './store.ts';

/** The copy of dead letters that a job asks for; undefined where the rows of its checkpoints are all it wants. */
export async function letterStoreOf(spec: DeadLettersSpec): Promise<LetterStore | undefined> {
  switch (spec.type) {
    case 'sqlite':
      return undefined;
    case 'cassandra': {
      const { CassandraLetterStore } = await import('./cassandra.ts');
      return new CassandraLetterStore(spec);
    }
    case 'kafka': {
      const { KafkaLetters } = await import('./kafka.ts');
      return new KafkaLetters(spec);
    }
    case 'file': {
      const { FileLetters } = await import('./file.ts');
      return new FileLetters(spec);
    }
  }
}
