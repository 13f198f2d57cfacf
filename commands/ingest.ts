import { Command } from '@oclif/core';
import { printNotice, startJob } from '../src/dashboard/command.ts';
import { jobFlags } from '../src/spec/flags/oclif.ts';
import { jobFromFlags } from '../src/spec/load.ts';

export default class Ingest extends Command {
  static override summary = 'Read a stream into a table, a topic or a file';
  static override examples = [
    '<%= config.bin %> ingest --from events.jsonl --to sqlite:events.db#events --key user_id,timestamp',
    'cat events.jsonl | <%= config.bin %> ingest --from - --to sqlite:out.db#events',
    "<%= config.bin %> ingest --from 'generate:clicks?count=1000' --to made-up.csv",
    "<%= config.bin %> ingest --from 'kafka://localhost:9092/events?group=g1' --to cassandra://localhost:9042/ks.events --create-table --schema 'user_id text, timestamp timestamp, value double' --partition-key user_id --clustering-key timestamp",
  ];
  static override flags = jobFlags('ingest');

  async run(): Promise<void> {
    const { flags } = await this.parse(Ingest);
    const spec = jobFromFlags('ingest', flags, { notice: printNotice });
    process.exitCode = await startJob(spec, flags, this.config.dataDir);
  }
}
