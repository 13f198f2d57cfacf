import { Args, Command } from '@oclif/core';
import { writeScaffold } from '../src/spec/scaffold.ts';
import { sanitize } from '../src/terminal.ts';

export default class Init extends Command {
  static override summary = 'Write a jobfile to start from';
  static override examples = [
    '<%= config.bin %> init',
    '<%= config.bin %> init first.yaml',
    '<%= config.bin %> init second.yaml && <%= config.bin %> run second.yaml',
  ];
  static override args = { file: Args.string({ default: 'job.yaml', description: 'the file to write' }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(Init);
    writeScaffold(args.file);
    process.stderr.write(`wrote ${sanitize(args.file)}; run it with: sluice run ${sanitize(args.file)}\n`);
  }
}
