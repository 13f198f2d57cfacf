import { Command } from '@oclif/core';
import { printNotice, startJob } from '../src/dashboard/command.ts';
import { jobFlags } from '../src/spec/flags/oclif.ts';
import { jobFromFlags } from '../src/spec/load.ts';

export default class Join extends Command {
  static override summary = 'Join two streams or more where keys are equal and times are near';
  static override examples = [
    "<%= config.bin %> join --from orders=orders.jsonl --from users=users.jsonl --time at --on 'orders.user_id = users.id' --window 5m --select 'orders.id, users.name AS user' --to -",
    '<%= config.bin %> join --from orders=orders.jsonl --from payments=payments.jsonl --time at --key user_id --tumbling 1m --type left --to sqlite:out.db#paid',
    '<%= config.bin %> join --from views=kafka://localhost:9092/views --from clicks=kafka://localhost:9092/clicks --key page --tumbling 1m --type left --to sqlite:out.db#seen',
    "<%= config.bin %> join --from trades=trades.jsonl --from quotes=quotes.jsonl --time at --on 'trades.symbol = quotes.symbol' --type as-of --select 'trades.price - quotes.price AS spread, trades.symbol' --to -",
  ];
  static override flags = jobFlags('join');

  async run(): Promise<void> {
    const { flags } = await this.parse(Join);
    const spec = jobFromFlags('join', flags, { notice: printNotice });
    process.exitCode = await startJob(spec, flags, this.config.dataDir);
  }
}
