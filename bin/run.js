#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import module from 'node:module';

const oldest = [22, 15];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  process.stderr.write(
    `sluice: Node.js ${oldest.join('.')} or newer is needed, and this is ${process.version}; in a checkout, npx sluice brings its own\n`,
  );
  process.exitCode = 1;
} else if (process.argv.length === 3 && process.argv[2] === '--version') {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  process.stdout.write(`sluice/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
} else {
  module.enableCompileCache();
  await start();
}

async function start() {
  // A reader that goes away (`| head -1`) is no failure; whoever writes to stdout learns of it from the write itself.
  process.stdout.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
  });
  const { run } = await import('@oclif/core');
  try {
    await run(process.argv.slice(2), import.meta.url);
    leaveNothingBehind();
  } catch (error) {
    const { failureOf } = await import('../dist/src/spec/failure.js');
    const commands = knownCommands();
    const { text, exitCode } = failureOf(error, {
      commands: Object.keys(commands),
      words: process.argv.slice(2),
      exampleOf: (command) => commands[command]?.examples?.[0]?.replaceAll('<%= config.bin %>', 'sluice'),
      debug: Boolean(process.env.DEBUG),
    });
    process.stderr.write(text, () => process.exit(exitCode));
  }
}

/** A client that forgot to close a connection must not keep the process alive; output that is on its way may. */
function leaveNothingBehind() {
  const period = 2000;
  setInterval(() => {
    if (process.stdout.writableLength + process.stderr.writableLength === 0) process.exit();
  }, period).unref();
}

/** For suggestions; the manifest is written by the build. */
function knownCommands() {
  try {
    const manifest = readFileSync(new URL('../oclif.manifest.json', import.meta.url), 'utf8');
    return JSON.parse(manifest).commands;
  } catch {
    return {};
  }
}
