import { Args, Command } from '@oclif/core';
import { printNotice } from '../src/dashboard/command.ts';
import { ExitCode, SpecError } from '../src/errors.ts';
import { overrideFlags } from '../src/spec/flags/oclif.ts';
import { jobFromFile } from '../src/spec/load.ts';
import { hasPassed, reportOf, summaryOf } from '../src/testing/report.ts';
import { runTest, type TestResult } from '../src/testing/run-test.ts';

export default class Test extends Command {
  static override summary = "Run a jobfile's own tests, on the real engine and a clock of their own";
  static override description =
    'No source and no sink is touched: the tests say what comes in and what should come out. Exits with 1 if one fails.';
  static override examples = [
    '<%= config.bin %> test examples/page-views.yaml',
    '<%= config.bin %> test examples/sessions.yaml',
    '<%= config.bin %> test examples/page-views.yaml --set operators.page_views.allowed_lateness=0s',
  ];
  static override args = {
    jobfile: Args.string({ required: true, description: 'the jobfile; - is standard input' }),
  };
  static override flags = overrideFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Test);
    const spec = jobFromFile(args.jobfile, flags, { notice: printNotice });
    if (spec.tests.length === 0) {
      throw new SpecError('the job has no tests', {
        place: args.jobfile,
        hint: 'add tests: [{ name, input, output }]',
      });
    }
    const results: TestResult[] = [];
    for (const test of spec.tests) {
      const result = await runTest(spec, test);
      results.push(result);
      this.log(reportOf(result));
    }
    this.log(summaryOf(results));
    if (!results.every(hasPassed)) process.exitCode = ExitCode.failure;
  }
}
