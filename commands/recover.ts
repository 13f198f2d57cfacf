import { Args, Command } from '@oclif/core';
import { isDone } from '../src/checkpoint/store.ts';
import { recoverJob, stateDirectory } from '../src/dashboard/command.ts';
import { listingOf } from '../src/dashboard/listing.ts';
import { SpecError } from '../src/errors.ts';
import { findJob } from '../src/runtime/known-jobs.ts';
import { jobFlags } from '../src/spec/flags/oclif.ts';
import { sanitize } from '../src/terminal.ts';

export default class Recover extends Command {
  static override summary = 'Go on with a job from its last checkpoint';
  static override examples = [
    '<%= config.bin %> recover clicks',
    '<%= config.bin %> recover clicks.yaml --allow-changes',
    '<%= config.bin %> recover --list',
    '<%= config.bin %> recover views --list --json',
    '<%= config.bin %> recover views --at 1',
  ];
  static override args = { name: Args.string({ description: "the job's name, or its jobfile" }) };
  static override flags = jobFlags('recover');

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Recover);
    const home = stateDirectory(this.config.dataDir);
    if (flags.list === true) {
      const { text, advice } = await listingOf(args.name, flags, home);
      process.stdout.write(text);
      if (advice !== undefined) this.logToStderr(advice);
      return;
    }
    if (args.name === undefined) {
      throw new SpecError('NAME is missing', {
        place: 'sluice recover',
        hint: 'sluice recover --list lists the jobs',
      });
    }
    const job = await findJob(args.name, flags, home);
    if (isDone(job.last) && flags.at === undefined) {
      this.logToStderr(`job ${sanitize(job.name)} is finished: there is nothing to recover`);
      return;
    }
    process.exitCode = await recoverJob(job.spec, flags, home);
  }
}
