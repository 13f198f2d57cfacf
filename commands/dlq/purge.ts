import { Args, Command, Flags } from '@oclif/core';
import { systemClock } from '../../src/clock.ts';
import { stateDirectory } from '../../src/dashboard/command.ts';
import { letterCounts, noLetters } from '../../src/dashboard/letters.ts';
import { SpecError } from '../../src/errors.ts';
import { withLetters } from '../../src/runtime/letter-home.ts';
import { selected, selectionOf } from '../../src/runtime/letter-selection.ts';
import { letterFlags, statusFlag } from '../../src/spec/flags/letters.ts';

export default class DlqPurge extends Command {
  static override summary = 'Remove dead letters for good';
  static override examples = [
    '<%= config.bin %> dlq purge views --reason decode',
    '<%= config.bin %> dlq purge views --status replayed --yes',
    '<%= config.bin %> dlq purge views --until 7d --yes',
  ];
  static override args = {
    name: Args.string({ required: true, description: "the job's name, or the URI of its letters" }),
  };
  static override flags = {
    ...letterFlags,
    ...statusFlag,
    yes: Flags.boolean({ summary: 'do it; without this, only what would go is shown' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DlqPurge);
    const selection = selectionOf(flags, systemClock);
    await withLetters(args.name, stateDirectory(this.config.dataDir), async ({ job, letters: all }) => {
      const letters = await selected(all, selection);
      if (letters.length === 0) {
        process.stderr.write(noLetters(job, flags));
      } else if (flags.yes) {
        const gone = await all.purge(letters.map(({ id }) => id));
        this.logToStderr(`${gone} dead letters of job ${job} are gone`);
      } else {
        process.stderr.write(letterCounts(letters));
        throw new SpecError('nothing was removed', { hint: 'remove them for good with --yes' });
      }
    });
  }
}
