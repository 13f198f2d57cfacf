import type { Clock } from '../clock.ts';
import type { Bell } from './bell.ts';
import type { Engine } from './engine.ts';
import type { Graph } from './graph.ts';

/**
 * Lets operators do what they do by the clock: each is called about as often as it wants, between two events. Not while
 * the job drains: what is done with after the last checkpoint would be nobody's. Gives what ends it.
 */
export function startTicks(
  { nodes }: Pick<Graph, 'nodes'>,
  engine: Pick<Engine, 'isDraining' | 'fail'>,
  bell: Bell,
  clock: Clock,
): () => void {
  const stops = nodes.flatMap((node) => {
    const { period } = node;
    if (period === undefined) return [];
    return clock.every(period, () => {
      if (engine.isDraining) return;
      try {
        node.tick();
        bell.ring();
      } catch (error) {
        engine.fail(error);
      }
    });
  });
  return () => {
    for (const stop of stops) stop();
  };
}
