import { Args, Command } from '@oclif/core';
import { printNotice, startJob } from '../src/dashboard/command.ts';
import { jobFlags } from '../src/spec/flags/oclif.ts';
import { jobFromFile } from '../src/spec/load.ts';

export default class Run extends Command {
  static override summary = 'Run the job in a jobfile';
  static override examples = [
    '<%= config.bin %> run job.yaml',
    '<%= config.bin %> run examples/sessions.yaml',
    '<%= config.bin %> run job.yaml --restart --set checkpoint.interval=10s --json',
    '<%= config.bin %> run job.yaml --print-job',
  ];
  static override args = {
    jobfile: Args.string({ required: true, description: 'the jobfile; - is standard input' }),
  };
  static override flags = jobFlags('run');

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Run);
    const spec = jobFromFile(args.jobfile, flags, { notice: printNotice });
    process.exitCode = await startJob(spec, flags, this.config.dataDir);
  }
}
