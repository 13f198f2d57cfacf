import { Args, Command } from '@oclif/core';
import { describeComponents, listComponents } from '../src/spec/describe.ts';

export default class Components extends Command {
  static override summary = 'List sources, operators and sinks, or the options of one type';
  static override examples = [
    '<%= config.bin %> components',
    '<%= config.bin %> components kafka',
    '<%= config.bin %> components window',
  ];
  static override args = { type: Args.string({ description: 'a type, such as kafka' }) };

  override async run(): Promise<void> {
    const { args } = await this.parse(Components);
    process.stdout.write(args.type === undefined ? listComponents() : describeComponents(args.type));
  }
}
