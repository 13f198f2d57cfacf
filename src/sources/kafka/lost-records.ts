import { ExitCode, SpecError } from '../../errors.ts';
import type { PartitionId, Position } from '../../event.ts';
import type { LogRange } from './positions.ts';

/** Records between where we stand and where the log goes on are gone: nothing can be read on without a gap. */
export class LostRecordsError extends SpecError {
  override readonly exitCode: ExitCode = ExitCode.failure;
}

/** undefined if `position` is in the log, or at its end. */
export function lostRecords(
  id: PartitionId,
  position: Position,
  log: LogRange,
): LostRecordsError | undefined {
  const hint = 'to go on without them, start with --restart --offset earliest';
  if (position < log.earliest)
    return new LostRecordsError(
      `kafka deleted ${log.earliest - position} records of ${id} before they were read: offset ${position} is wanted, ${log.earliest} is the oldest`,
      { hint },
    );
  if (position > log.latest)
    return new LostRecordsError(
      `${id} ends at offset ${log.latest}, before offset ${position}, which was read already: the topic was made anew or lost records`,
      { hint },
    );
  return undefined;
}
