import { SourceRunner } from './source-runner.ts';

/** A process to be killed: reads with the options given as JSON, and says so when it has read something. */
const runner = await new SourceRunner(JSON.parse(process.argv[2] ?? '{}')).start();
await runner.until(({ got }) => got.length > 0);
console.log('reading');
await runner.until(() => false);
