import { Command } from '@oclif/core';
import { printNotice, startJob } from '../src/dashboard/command.ts';
import { jobFlags } from '../src/spec/flags/oclif.ts';
import { jobFromFlags } from '../src/spec/load.ts';

export default class Window extends Command {
  static override summary = 'Aggregate a stream over windows of event time: tumbling, sliding or session';
  static override examples = [
    "<%= config.bin %> window --from clicks.jsonl --time timestamp --tumbling 5m --key page --agg 'views=count(*)' --to -",
    "<%= config.bin %> window --from sensors.jsonl --time timestamp --sliding 1h --every 5m --key sensor_id --agg 'mean=avg(temperature)' --to sqlite:out.db#means",
    "<%= config.bin %> window --from clicks.jsonl --time timestamp --session 30m --key user_id --agg 'pages=collect_list(page)' --having 'array_length(pages) > 3' --to sessions.jsonl",
    "<%= config.bin %> window --from kafka://localhost:9092/sensor_data --sliding 1h --every 5m --key sensor_id --agg 'mean=avg(temperature)' --agg 'most=max(humidity)' --to sqlite:out.db#metrics",
  ];
  static override flags = jobFlags('window');

  async run(): Promise<void> {
    const { flags } = await this.parse(Window);
    const spec = jobFromFlags('window', flags, { notice: printNotice });
    process.exitCode = await startJob(spec, flags, this.config.dataDir);
  }
}
