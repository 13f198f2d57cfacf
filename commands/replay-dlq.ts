import { Args, Command, Flags } from '@oclif/core';
import { stateDirectory } from '../src/dashboard/command.ts';
import { replayLetters } from '../src/dashboard/replay.ts';
import { findLetters } from '../src/runtime/known-jobs.ts';
import { letterFlags } from '../src/spec/flags/letters.ts';

export default class ReplayDlq extends Command {
  static override summary = 'Send dead letters back through their job, or to a sink';
  static override examples = [
    '<%= config.bin %> replay-dlq views --dry-run',
    '<%= config.bin %> replay-dlq views --reason cast --since 2h',
    '<%= config.bin %> replay-dlq views --node typed --to late.jsonl',
    '<%= config.bin %> replay-dlq views --quarantined --from-start',
    '<%= config.bin %> replay-dlq kafka://localhost:9092/dead-letters --dry-run',
  ];
  static override args = {
    name: Args.string({
      required: true,
      description: "the job's name, its jobfile, or the URI of its letters",
    }),
  };
  static override flags = {
    ...letterFlags,
    to: Flags.string({
      summary: 'write their events to this sink instead; records that never became events stay',
      helpValue: 'URI',
    }),
    'from-start': Flags.boolean({
      summary: 'send the original records in at their source; every branch gets them again',
    }),
    'dry-run': Flags.boolean({ summary: 'show what would go where, and end' }),
    'max-attempts': Flags.string({
      summary: 'so many failures put a letter in quarantine (3)',
      helpValue: 'N',
    }),
    quarantined: Flags.boolean({ summary: 'also those in quarantine' }),
    'as-new': Flags.boolean({ summary: 'let their rows stand above rows written since they failed' }),
    'allow-changes': Flags.boolean({ summary: 'though the job has changed since its checkpoint' }),
    takeover: Flags.boolean({ summary: 'take the job from the process that runs it' }),
    dashboard: Flags.string({
      summary: 'the progress bar [auto|always|never]',
      options: ['auto', 'always', 'never'],
    }),
    json: Flags.boolean({ summary: 'the result as one line of JSON' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ReplayDlq);
    const home = stateDirectory(this.config.dataDir);
    process.exitCode = await replayLetters(await findLetters(args.name, home), flags, home);
  }
}
