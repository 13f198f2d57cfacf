import { Command } from '@oclif/core';
import { printNotice, startJob } from '../src/dashboard/command.ts';
import { jobFlags } from '../src/spec/flags/oclif.ts';
import { jobFromFlags } from '../src/spec/load.ts';

export default class Transform extends Command {
  static override summary = 'Filter and reshape a stream';
  static override examples = [
    `<%= config.bin %> transform --from events.jsonl --where "action = 'click'" --to -`,
    "<%= config.bin %> transform --from events.csv --types 'value double' --where 'value > 10' --drop internal --to sqlite:out.db#large",
    "<%= config.bin %> transform --from events.jsonl --set 'double=value * 2' --select user_id,double --to - | head -3",
    "<%= config.bin %> transform --from kafka://localhost:9092/events --set 'double=value * 2' --select user_id,double --to kafka://localhost:9092/doubled",
  ];
  static override flags = jobFlags('transform');

  async run(): Promise<void> {
    const { flags } = await this.parse(Transform);
    const spec = jobFromFlags('transform', flags, { notice: printNotice });
    process.exitCode = await startJob(spec, flags, this.config.dataDir);
  }
}
