import { Args, Command, Flags } from '@oclif/core';
import { stateDirectory } from '../../src/dashboard/command.ts';
import { listJobsWithLetters, listLetters } from '../../src/dashboard/letter-listing.ts';
import { letterFlags, statusFlag } from '../../src/spec/flags/letters.ts';

export default class DlqList extends Command {
  static override summary = 'List the dead letters of a job, or the jobs that have some';
  static override examples = [
    '<%= config.bin %> dlq list',
    '<%= config.bin %> dlq list views',
    '<%= config.bin %> dlq list views --reason decode --since 1h',
    '<%= config.bin %> dlq list views --count',
    '<%= config.bin %> dlq list kafka://localhost:9092/dead-letters',
  ];
  static override args = {
    name: Args.string({
      description: "the job's name, or the URI of its letters; all jobs here, if left out",
    }),
  };
  static override flags = {
    ...letterFlags,
    ...statusFlag,
    count: Flags.boolean({ summary: 'how many there are of each kind' }),
    json: Flags.boolean({ summary: 'a line of JSON for each' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DlqList);
    const home = stateDirectory(this.config.dataDir);
    if (args.name === undefined) await listJobsWithLetters(flags, home);
    else await listLetters(args.name, flags, home);
  }
}
