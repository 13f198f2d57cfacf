import { SpecError } from '../errors.ts';
import { layLetterEnvironment } from './dead-letters.ts';
import { isMap, type JobDocument } from './document.ts';
import { filterSources } from './filters.ts';
import { connect } from './graph.ts';
import { defaultName } from './hash.ts';
import type { JobSpec } from './job.ts';
import { readNodes } from './nodes.ts';
import { type JobSettings, type Parsing, sections } from './parsing.ts';
import { throwIfAny } from './problem.ts';
import { read } from './read.ts';
import { type Environment, Secrets } from './reference.ts';
import { builtIn, type Registry } from './registry.ts';
import { expandStore, settings } from './settings.ts';

export interface ParseOptions {
  readonly environment: Environment;
  readonly registry?: Registry;
  /** The command, for the name of a job without one. */
  readonly command?: string;
}

/**
 * Validates a document and fills in every default. Reads the files of `${file:…}` references, and nothing else.
 * Throws InvalidJob with every mistake found.
 */
export function parseJob(document: JobDocument, options: ParseOptions): JobSpec {
  const { environment, registry = builtIn, command = 'run' } = options;
  const parsing: Parsing = {
    document,
    environment,
    registry,
    secrets: new Secrets(environment),
    problems: [],
  };
  const { problems } = parsing;
  const jobSettings = readSettings(parsing);
  const nodes = readNodes(parsing, jobSettings);
  throwIfAny(problems);
  if (jobSettings === undefined) throw new Error('settings can not be read, yet have no mistake');

  const connected = filterSources(connect(nodes, document, registry, problems), parsing);
  throwIfAny(problems);
  return { ...jobSettings, name: jobSettings.name ?? defaultName(command, connected), ...connected };
}

function readSettings({ document, environment, secrets, problems }: Parsing): JobSettings | undefined {
  expandStore(document);
  layLetterEnvironment(document, environment);
  const { sources, operators, sinks, ...written } = document.value;
  const part = read(
    { document, path: [], schema: settings, written, alsoKnown: sections },
    secrets,
    problems,
  );
  if (part === undefined) return undefined;
  const { resolved } = part;
  const kept = {
    ...resolved,
    checkpoint: keepTexts(part.kept.checkpoint, resolved.checkpoint),
    dead_letters: keepTexts(part.kept.dead_letters, resolved.dead_letters),
  } as unknown as JobSettings;
  return withLettersInCheckpoint(kept, resolved as unknown as JobSettings, document, problems);
}

/** What stands for a number is that number: the engine needs it, and it is no secret. */
function keepTexts(kept: unknown, resolved: unknown): unknown {
  if (typeof resolved === 'number' || typeof resolved === 'boolean') return resolved;
  if (!isMap(kept) || !isMap(resolved)) return kept;
  return Object.fromEntries(
    Object.entries(kept).map(([name, one]) => [name, keepTexts(one, resolved[name])]),
  );
}

/** Dead letters are rows of the checkpoint's database, so a file for the ones is the file of the other. */
function withLettersInCheckpoint(
  job: JobSettings,
  { checkpoint, dead_letters }: JobSettings,
  document: JobDocument,
  problems: SpecError[],
): JobSettings {
  const path = dead_letters.type === 'sqlite' ? dead_letters.path : null;
  const store = checkpoint?.store;
  if (typeof store === 'string') {
    const place = document.place(['checkpoint', 'store']);
    const hint = 'write its parts, such as { type: sqlite, path: … }; each may hold one';
    problems.push(new SpecError("a reference can't stand for all of a store", { ...place, hint }));
    return job;
  }
  if (path === null || (store?.type === 'sqlite' && store.path === path)) return job;
  if (checkpoint !== null && job.checkpoint !== null && store?.type === 'sqlite' && store.path === null) {
    return {
      ...job,
      checkpoint: { ...job.checkpoint, store: { ...job.checkpoint.store, path } as typeof store },
    };
  }
  const place = document.place(['dead_letters', 'path']);
  const hint =
    checkpoint === null ? 'leave checkpoints on' : 'give both the same file, or leave this one out';
  problems.push(
    new SpecError('dead letters are kept where checkpoints are, and this is another place', {
      ...place,
      hint,
    }),
  );
  return job;
}
