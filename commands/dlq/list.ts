import { Args, Command, Flags } from '@oclif/core';
import { systemClock } from '../../src/clock.ts';
import { stateDirectory } from '../../src/dashboard/command.ts';
import { letterCounts, letterJson, letterTable } from '../../src/dashboard/letters.ts';
import { withLetters } from '../../src/runtime/letter-home.ts';
import { selected, selectionOf } from '../../src/runtime/letter-selection.ts';
import { letterFlags, statusFlag } from '../../src/spec/flags/letters.ts';

export default class DlqList extends Command {
  static override summary = 'List the dead letters of a job';
  static override examples = [
    '<%= config.bin %> dlq list views',
    '<%= config.bin %> dlq list views --reason decode --since 1h',
    '<%= config.bin %> dlq list views --count',
    '<%= config.bin %> dlq list kafka://localhost:9092/dead-letters',
  ];
  static override args = {
    name: Args.string({ required: true, description: "the job's name, or the URI of its letters" }),
  };
  static override flags = {
    ...letterFlags,
    ...statusFlag,
    count: Flags.boolean({ summary: 'how many there are of each kind' }),
    json: Flags.boolean({ summary: 'a line of JSON for each' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DlqList);
    const selection = selectionOf(flags, systemClock);
    await withLetters(args.name, stateDirectory(this.config.dataDir), async ({ job, letters: all }) => {
      const letters = await selected(all, selection);
      if (flags.json) for (const letter of letters) process.stdout.write(letterJson(letter));
      else if (letters.length === 0) this.logToStderr(`job ${job} has no such dead letters`);
      else process.stdout.write(flags.count ? letterCounts(letters) : letterTable(letters));
    });
  }
}
