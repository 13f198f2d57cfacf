import { Args, Command } from '@oclif/core';
import { printNotice } from '../src/dashboard/command.ts';
import { explainPlan } from '../src/plan/explain.ts';
import { planJob } from '../src/plan/plan.ts';
import { jobFromFile } from '../src/spec/load.ts';

export default class Explain extends Command {
  static override summary = "Print a job's plan: its nodes, and what each sink guarantees, with the reason";
  static override examples = [
    '<%= config.bin %> explain job.yaml',
    '<%= config.bin %> explain examples/clickstream.yaml',
    '<%= config.bin %> ingest --from events.jsonl --to out.csv --print-job | <%= config.bin %> explain -',
  ];
  static override args = {
    jobfile: Args.string({ required: true, description: 'the jobfile; - is standard input' }),
  };

  async run(): Promise<void> {
    const { args } = await this.parse(Explain);
    this.log(explainPlan(planJob(jobFromFile(args.jobfile, {}, { notice: printNotice }))));
  }
}
