import { Args, Command, loadHelpClass } from '@oclif/core';

export default class Help extends Command {
  static override summary = 'Show what sluice does, or the flags and examples of a command';
  static override examples = [
    '<%= config.bin %> help',
    '<%= config.bin %> help window',
    '<%= config.bin %> help dlq list',
  ];
  static override strict = false;
  static override args = { command: Args.string({ description: 'the command; all of them, if left out' }) };

  async run(): Promise<void> {
    const { argv } = await this.parse(Help);
    const help = new (await loadHelpClass(this.config))(this.config);
    await help.showHelp(argv.map(String));
  }
}
