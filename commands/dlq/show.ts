import { Args, Command, Flags } from '@oclif/core';
import { stateDirectory } from '../../src/dashboard/command.ts';
import { letterJson, letterPage } from '../../src/dashboard/letters.ts';
import { withLetters } from '../../src/runtime/letter-home.ts';
import { letterById } from '../../src/runtime/letter-selection.ts';

export default class DlqShow extends Command {
  static override summary = 'Show one dead letter, or its original bytes';
  static override examples = [
    '<%= config.bin %> dlq show views clicks:0:9@clicks',
    '<%= config.bin %> dlq show views clicks:0:9@clicks --raw > record.json',
    '<%= config.bin %> dlq show views clicks:0:9@clicks --json',
  ];
  static override args = {
    name: Args.string({ required: true, description: "the job's name, or the URI of its letters" }),
    id: Args.string({ required: true, description: "the letter's id, as dlq list prints it" }),
  };
  static override flags = {
    raw: Flags.boolean({ summary: 'write the original bytes, and nothing else', exclusive: ['json'] }),
    json: Flags.boolean({ summary: 'one line of JSON' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DlqShow);
    await withLetters(args.name, stateDirectory(this.config.dataDir), async ({ job, letters }) => {
      const letter = await letterById(letters, job, args.id);
      if (flags.raw) process.stdout.write(letter.bytes ?? '');
      else process.stdout.write(flags.json ? letterJson(letter) : letterPage(letter));
    });
  }
}
