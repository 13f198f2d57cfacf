import { Args, Command } from '@oclif/core';
import { printNotice } from '../src/dashboard/command.ts';
import { planJob } from '../src/plan/plan.ts';
import { overrideFlags } from '../src/spec/flags/oclif.ts';
import { jobFromFile } from '../src/spec/load.ts';
import { resolveSecrets } from '../src/spec/secrets.ts';
import { sanitize } from '../src/terminal.ts';

export default class Validate extends Command {
  static override summary = 'Check a jobfile, without reading or writing anything else';
  static override examples = [
    '<%= config.bin %> validate job.yaml',
    '<%= config.bin %> validate examples/clickstream.yaml',
    '<%= config.bin %> validate job.yaml --set sinks.table.table=other',
    '<%= config.bin %> ingest --from events.jsonl --to out.csv --print-job | <%= config.bin %> validate -',
  ];
  static override args = {
    jobfile: Args.string({ required: true, description: 'the jobfile; - is standard input' }),
  };
  static override flags = overrideFlags;

  override async run(): Promise<void> {
    const { args, flags } = await this.parse(Validate);
    const job = jobFromFile(args.jobfile, flags, { notice: printNotice });
    const { spec } = planJob(resolveSecrets(job));
    const nodes = [...spec.sources, ...spec.operators, ...spec.sinks].map((node) => node.name);
    process.stdout.write(`${sanitize(args.jobfile)}: job ${spec.name} is valid: ${nodes.join(', ')}\n`);
  }
}
