import { Command } from '@oclif/core';
import { printNotice, startJob } from '../src/dashboard/command.ts';
import { jobFlags } from '../src/spec/flags/oclif.ts';
import { jobFromFlags } from '../src/spec/load.ts';

export default class Detect extends Command {
  static override summary = 'Find strange values, bursts, sequences and silence in a stream';
  static override examples = [
    '<%= config.bin %> detect --from sensors.jsonl --time timestamp --key sensor_id --zscore temperature --threshold 2.5 --window 10m --min-samples 30 --to -',
    `<%= config.bin %> detect --from kafka://localhost:9092/clicks --time timestamp --key user_id --pattern "rapid=COUNT(*) > 10 IN 30s WHERE action = 'click'" --to sqlite:alerts.db#alerts`,
    `<%= config.bin %> detect --from orders.jsonl --time at --key user_id --pattern "action = 'order' THEN NOT action = 'pay' IN 10m" --to -`,
    '<%= config.bin %> detect --from heartbeats.jsonl --time at --key host --missing 2m --to -',
  ];
  static override flags = jobFlags('detect');

  async run(): Promise<void> {
    const { flags } = await this.parse(Detect);
    const spec = jobFromFlags('detect', flags, { notice: printNotice });
    process.exitCode = await startJob(spec, flags, this.config.dataDir);
  }
}
