import type { Source } from '../component/source.ts';
import type { PartitionSnapshot } from '../metrics/snapshot.ts';
import type { Intake } from './intake.ts';
import type { RunQueue } from './queue.ts';

/** A way into the job, as the engine sees it. */
export interface Entrance
  extends Pick<
    Intake,
    | 'name'
    | 'counters'
    | 'finished'
    | 'admit'
    | 'leaveQueue'
    | 'process'
    | 'endOfTime'
    | 'checkpoint'
    | 'watermark'
    | 'positionUnit'
    | 'maxDrift'
  > {
  readonly queue: Pick<RunQueue, 'isEmpty' | 'depth' | 'dropped'>;
  readonly source: Pick<Source, 'committed' | 'sharesPositions'>;
  partitions(): readonly PartitionSnapshot[];
}
