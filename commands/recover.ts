import { Args, Command } from '@oclif/core';
import { recoverJob, stateDirectory } from '../src/dashboard/command.ts';
import { findJob } from '../src/runtime/recovery.ts';
import { jobFlags } from '../src/spec/flags/oclif.ts';
import { jobFromSpec } from '../src/spec/load.ts';

export default class Recover extends Command {
  static override summary = 'Go on with a job from its last checkpoint';
  static override examples = ['<%= config.bin %> recover ingest-events-1a2b3c'];
  static override args = { name: Args.string({ required: true, description: "the job's name" }) };
  static override flags = jobFlags('recover');

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Recover);
    const home = stateDirectory(this.config.dataDir);
    const { spec, isFinished } = await findJob(args.name, home, (line) => this.logToStderr(line));
    if (isFinished) this.logToStderr(`job ${args.name} is finished: there is nothing to recover`);
    else process.exitCode = await recoverJob(jobFromSpec(spec, flags), flags, home);
  }
}
