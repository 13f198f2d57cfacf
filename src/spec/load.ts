import { readFileSync } from 'node:fs';
import { SpecError } from '../errors.ts';
import { bareDurations } from './bare-durations.ts';
import { JobDocument } from './document.ts';
import { requireDetector } from './flags/detect.ts';
import type { FlagValues, JobCommand } from './flags/flag.ts';
import { FlagJob } from './flags/flag-job.ts';
import { filterJoined, requireJoin } from './flags/join.ts';
import { flagsOf } from './flags/table.ts';
import { overrideFromTransform } from './flags/transform.ts';
import { requireWindow } from './flags/window.ts';
import type { JobSpec } from './job.ts';
import { parseJob } from './parse.ts';
import { jobfileOf } from './print.ts';
import type { Environment } from './reference.ts';
import { builtIn, type Registry } from './registry.ts';
import { unreadOperators } from './soundness.ts';
import { readStandardInput } from './standard-input.ts';
import { readYaml } from './yaml.ts';

export interface LoadOptions {
  readonly environment?: Environment;
  /** What relative paths in flags are relative to; absolute. */
  readonly directory?: string;
  readonly registry?: Registry;
  /** Told, in a line for a person, what may be another thing than was meant. */
  readonly notice?: (line: string) => void;
}

/** The job that the flags of a command describe. Throws SpecError, placed at the flag. */
export function jobFromFlags(command: JobCommand, flags: FlagValues, options: LoadOptions = {}): JobSpec {
  const document = flagsToDocument(command, flags, options);
  requireEndpoints(command, document);
  if (command === 'window') requireWindow(document);
  if (command === 'join') requireJoin(document);
  if (command === 'detect') requireDetector(document);
  noticeOddities(document, options);
  return parseJob(document, { environment: process.env, command, ...options });
}

/** The job in a jobfile, with flags laid over it. Throws SpecError, placed in the file or at the flag. */
export function jobFromFile(file: string, flags: FlagValues = {}, options: LoadOptions = {}): JobSpec {
  const document = readYaml(textOf(file), file);
  layFlags('run', flags, document, options);
  noticeOddities(document, options);
  const spec = parseJob(document, { environment: process.env, command: 'run', ...options });
  for (const line of options.notice === undefined ? [] : unreadOperators(spec, document))
    options.notice!(line);
  return spec;
}

/** A spec out of a checkpoint, with flags laid over it. */
export function jobFromSpec(spec: JobSpec, flags: FlagValues, options: LoadOptions = {}): JobSpec {
  const { registry = builtIn, directory = process.cwd() } = options;
  const place = { place: `the checkpoint of ${spec.name}`, layer: 'jobfile' as const, directory };
  const document = new JobDocument(jobfileOf(spec, registry, { redact: false }), () => place);
  layFlags('recover', flags, document, options);
  return parseJob(document, { environment: process.env, command: 'recover', ...options });
}

/** The document that flags alone make. */
function flagsToDocument(command: JobCommand, flags: FlagValues, options: LoadOptions = {}): JobDocument {
  const { directory = process.cwd() } = options;
  const place = { place: `sluice ${command}`, layer: 'flag' as const, directory };
  const document = new JobDocument({}, () => place);
  layFlags(command, flags, document, options);
  return document;
}

function layFlags(command: JobCommand, flags: FlagValues, document: JobDocument, options: LoadOptions): void {
  const { registry = builtIn, directory = process.cwd() } = options;
  const job = new FlagJob(document, registry, directory);
  for (const flag of flagsOf(command)) {
    const given = flags[flag.name];
    if (given === undefined || given === false) continue;
    flag.lay?.(job, typeof given === 'object' ? given : [String(given)]);
  }
  if (command === 'transform' && typeof flags.set === 'object') overrideFromTransform(job, flags.set);
  if (command === 'join' && typeof flags.where === 'string') filterJoined(job, flags.where);
}

function noticeOddities(document: JobDocument, { registry = builtIn, notice }: LoadOptions): void {
  if (notice !== undefined) for (const line of bareDurations(document, registry)) notice(line);
}

function requireEndpoints(command: JobCommand, document: JobDocument): void {
  const place = `sluice ${command}`;
  if (document.get(['sources']) === undefined) {
    throw new SpecError('--from is missing', {
      place,
      hint: 'for example --from kafka://localhost:9092/topic',
    });
  }
  if (document.get(['sinks']) === undefined) {
    throw new SpecError('--to is missing', {
      place,
      hint: 'for example --to sqlite:out.db#events, or - for stdout',
    });
  }
}

function textOf(file: string): string {
  try {
    return file === '-' ? readStandardInput() : readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'there is no such file' : `the file can't be read (${code})`;
    throw new SpecError(reason, { place: file, hint: 'sluice init makes a jobfile to start from' });
  }
}
