import { z } from 'zod';
import { defineSink, defineSource, type SinkDefinition, type SourceDefinition } from '../component/define.ts';
import { SpecError } from '../errors.ts';
import type { Event } from '../event.ts';
import type { Plan, PlannedSink, PlannedSource } from '../plan/model.ts';
import { parseInput } from '../plan/plan.ts';
import type { RunningJob } from '../runtime/job.ts';
import { anyOf } from '../spec/suggest.ts';
import type { JobTest } from '../spec/tests.ts';
import { CollectingSink, rowsOf } from './collecting-sink.ts';
import type { Script } from './script.ts';
import { ScriptedSource } from './scripted-source.ts';

/** The ends of a job under test: its sources read a script, and what comes out of it is kept. */
export class Stage {
  readonly #test: JobTest;
  readonly #sources = new Map<string, ScriptedSource>();
  readonly #sinks = new Map<string, CollectingSink>();
  #plan: Plan | undefined;

  constructor(test: JobTest, script: Script) {
    this.#test = test;
    for (const [name, parts] of script.parts) this.#sources.set(name, new ScriptedSource(parts));
  }

  /** The plan with the stage in the place of sources and sinks. Throws SpecError for a name that the job has not. */
  set(plan: Plan): Plan {
    this.#checkNames(plan);
    this.#plan = plan;
    for (const { spec } of plan.sources) {
      if (!this.#sources.has(spec.name)) this.#sources.set(spec.name, new ScriptedSource([]));
    }
    const taps = Object.keys(this.#test.output)
      .filter((output) => plan.sinks.every(({ spec }) => spec.name !== output))
      .map((output) => this.#tap(output, plan));
    return {
      ...plan,
      joinedFile: null,
      sources: plan.sources.map((source) => this.#scripted(source)),
      sinks: [...plan.sinks.map((sink) => this.#collecting(sink)), ...taps],
    };
  }

  /** All sources give out their next part. */
  release(): void {
    for (const source of this.#sources.values()) source.release();
  }

  rest(): void {
    for (const source of this.#sources.values()) source.rest();
  }

  end(): void {
    for (const source of this.#sources.values()) source.end();
  }

  /** Whether the job is done with all that was released. */
  isDone(job: RunningJob): boolean {
    const { nodes, queueDepth } = job.snapshot();
    const done = new Map(nodes.map((node) => [node.name, node.in]));
    return (
      queueDepth === 0 && [...this.#sources].every(([name, { expected }]) => done.get(name) === expected)
    );
  }

  /** What has come out: of a table its rows, of anything else all that was written, in order. */
  collected(output: string): readonly Event[] {
    const planned = this.#plan?.sinks.find(({ spec }) => spec.name === output);
    return rowsOf(this.#sinks.get(output)?.events ?? [], planned);
  }

  #scripted(planned: PlannedSource): PlannedSource {
    return { ...planned, definition: scriptedDefinition(this.#sources.get(planned.spec.name)!) };
  }

  #collecting(planned: PlannedSink): PlannedSink {
    const sink = new CollectingSink();
    this.#sinks.set(planned.spec.name, sink);
    return { ...planned, mode: 'direct', definition: collectingDefinition(sink) };
  }

  /** A sink that reads the node that the output names. */
  #tap(output: string, { sinks: [model] }: Plan): PlannedSink {
    const sink = new CollectingSink();
    this.#sinks.set(output, sink);
    const { spec, ...planned } = model!;
    return {
      ...planned,
      spec: { ...spec, name: `output of ${output}`, from: [output] },
      inputs: [{ ...parseInput(output), isShared: false }],
      mode: 'direct',
      appendsOnly: false,
      definition: collectingDefinition(sink),
    };
  }

  #checkNames({ sources, operators, sinks }: Plan): void {
    const place = `tests: ${this.#test.name}`;
    const known = sources.map(({ spec }) => spec.name);
    const source = Object.keys(this.#test.input).find((name) => !known.includes(name));
    if (source !== undefined) {
      throw new SpecError(`the input names "${source}", which is no source`, {
        place,
        hint: `it can be ${anyOf(known)}`,
      });
    }
    const nodes = operators.flatMap(({ spec, definition }) => [
      spec.name,
      ...definition.ports.map((port) => `${spec.name}.${port}`),
    ]);
    const outputs = [...sinks.map(({ spec }) => spec.name), ...nodes, ...known];
    const output = Object.keys(this.#test.output).find((name) => !outputs.includes(name));
    if (output !== undefined) {
      throw new SpecError(`the output names "${output}", which is no sink and no node`, {
        place,
        hint: `it can be ${anyOf(outputs)}`,
      });
    }
  }
}

function scriptedDefinition(source: ScriptedSource): SourceDefinition {
  return defineSource({
    kind: 'source',
    type: 'scripted',
    summary: 'the events of a test',
    options: z.looseObject({}),
    examples: [],
    fromUri: () => ({}),
    replayable: false,
    hasTimestamps: true,
    build: async () => source,
  });
}

function collectingDefinition(sink: CollectingSink): SinkDefinition {
  return defineSink({
    kind: 'sink',
    type: 'collecting',
    summary: 'keeps what it is given',
    options: z.looseObject({}),
    examples: [],
    fromUri: () => ({}),
    mode: () => 'direct',
    target: () => undefined,
    build: async () => sink,
  });
}
