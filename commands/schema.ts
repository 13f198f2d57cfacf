import { Command } from '@oclif/core';
import { jobfileSchema } from '../src/spec/json-schema.ts';

export default class Schema extends Command {
  static override summary = "Print the jobfile's JSON Schema, for editors";
  static override examples = [
    '<%= config.bin %> schema > job.schema.json',
    '<%= config.bin %> schema | head -20',
    `<%= config.bin %> schema | grep -A 3 '"max_errors"'`,
  ];

  override async run(): Promise<void> {
    await this.parse(Schema);
    process.stdout.write(`${JSON.stringify(jobfileSchema(), null, 2)}\n`);
  }
}
