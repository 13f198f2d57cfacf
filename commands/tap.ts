import { Args, Command, Flags } from '@oclif/core';
import { stateDirectory } from '../src/dashboard/command.ts';
import { tapJob } from '../src/dashboard/tap.ts';
import { watchLimit } from '../src/dashboard/watch-flags.ts';

export default class Tap extends Command {
  static override summary = 'Print the live events that leave a node of a running job';
  static override examples = [
    '<%= config.bin %> tap clicks --limit 3',
    `<%= config.bin %> tap clicks.enriched --where "country = 'IS'" --limit 1`,
    '<%= config.bin %> tap clicks.enriched --format csv | head -5 > some-events.csv',
  ];
  static override args = {
    target: Args.string({
      required: true,
      description: 'JOB, JOB.NODE or JOB.NODE.PORT; of a job, what goes into its sinks',
    }),
  };
  static override flags = {
    where: Flags.string({ summary: 'only events for which this holds', helpValue: 'EXPR' }),
    limit: Flags.string({ summary: 'end after this many events', helpValue: 'N' }),
    format: Flags.option({
      summary: 'how events are written [json|csv|text]',
      helpValue: 'FORMAT',
      options: ['json', 'csv', 'text'] as const,
      default: 'json',
    })(),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Tap);
    const { where, format } = flags;
    process.exitCode = await tapJob(args.target, {
      home: stateDirectory(this.config.dataDir),
      ...(where !== undefined && { where }),
      format,
      limit: watchLimit(flags.limit),
    });
  }
}
