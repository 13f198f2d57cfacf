import { Args, Command, Flags } from '@oclif/core';
import { stateDirectory } from '../src/dashboard/command.ts';
import { listRunning, watchStats } from '../src/dashboard/stats.ts';
import { watchInterval } from '../src/dashboard/watch-flags.ts';

export default class Stats extends Command {
  static override summary = 'Watch a running job live, or list the jobs that run';
  static override examples = [
    '<%= config.bin %> stats',
    '<%= config.bin %> stats clicks',
    '<%= config.bin %> stats clicks --json --interval 5s',
  ];
  static override args = { name: Args.string({ description: 'the job; all of them, if left out' }) };
  static override flags = {
    json: Flags.boolean({ summary: 'a snapshot a line, as JSON' }),
    interval: Flags.string({
      summary: 'from one line of --json to the next',
      helpValue: 'DURATION',
      default: '1s',
    }),
    dashboard: Flags.option({
      summary: 'the live view on stderr [auto|always|never]',
      helpValue: 'WHEN',
      options: ['auto', 'always', 'never'] as const,
      default: 'auto',
    })(),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Stats);
    const { json, dashboard } = flags;
    const options = {
      home: stateDirectory(this.config.dataDir),
      json,
      dashboard,
      interval: watchInterval(flags.interval),
    };
    process.exitCode =
      args.name === undefined ? await listRunning(options) : await watchStats(args.name, options);
  }
}
