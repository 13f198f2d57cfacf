import type { z } from 'zod';
import type { Positions } from '../event.ts';
import type { KeyedState, StateType } from '../state/keyed-state.ts';
import type { Operator } from './operator.ts';
import type { JoinedSink, Sink, SinkMode, StagedSink } from './sink.ts';
import type { Source } from './source.ts';
import type { EndpointUri } from './uri.ts';

/** What every component says of itself; validation, flags, help, docs and the JSON Schema are derived from it. */
export interface Definition<Kind extends string = string, Options extends z.ZodObject = z.ZodObject> {
  readonly kind: Kind;
  /** The name in `type:` and, for an endpoint, the scheme of its URI. */
  readonly type: string;
  /** Further schemes of its URIs. */
  readonly schemes?: readonly string[];
  /** One line, lower case, no full stop. */
  readonly summary: string;
  /**
   * The component's own options as keys of a jobfile (snake_case), each with `.describe()`. Strict: an unknown key is
   * an error with a suggestion. Options common to all sources, operators or sinks are not repeated here.
   */
  readonly options: Options;
  /** Complete examples, each tested: URIs for endpoints, jobfile fragments (flow YAML) for operators. */
  readonly examples: readonly string[];
}

interface Endpoint {
  /** Turns a URI into options (unvalidated: the schema above is next). Throws SpecError for what has no meaning. */
  fromUri(uri: EndpointUri): Record<string, unknown>;
  /**
   * Options read from the standard environment variables (`KAFKA_BOOTSTRAP_SERVERS`); they stand above the jobfile
   * and below the flags.
   */
  fromEnvironment?(environment: NodeJS.ProcessEnv): Record<string, unknown>;
}

/** How records become values; the same words in `format:` and `--format`. */
export type Format = 'json' | 'csv' | 'text';

export interface SourceBuild {
  readonly name: string;
  readonly job: string;
  readonly format: Format;
  /** `--exit-at-end`: an unbounded source takes its end positions once, at `open`, and ends there. */
  readonly exitAtEnd: boolean;
  /** After a recovery: the end positions that the checkpoint holds, to be kept to. */
  readonly ends?: Positions | undefined;
}

export interface SourceDefinition<Options extends z.ZodObject = z.ZodObject>
  extends Definition<'source', Options>,
    Endpoint {
  /** Whether positions can be read again after a crash (stdin's can't). */
  readonly replayable: boolean;
  /** Whether records carry a time of their own, so that `time:` may be left out. */
  readonly hasTimestamps: boolean;
  /** What a position counts, for progress; events if undefined. */
  readonly positionUnit?: 'bytes' | 'events';
  /**
   * What positions are positions in: a checkpoint can be gone on from only while this stays the same. Left out: all
   * options may change.
   */
  positionsIn?(options: z.output<Options>): unknown;
  /** What no other source of the job may read as too; undefined if that is harmless. */
  readsAs?(options: z.output<Options>): string | undefined;
  /** Whether other processes may read their share of the same input: positions are then kept where it is, not by the job. */
  isShared?(options: z.output<Options>): boolean;
  /** The format when none is given, from the options (a file's name); json if undefined. */
  guessFormat?(options: z.output<Options>): Format | undefined;
  /** The files that it would read now. Throws UnreachableError if there are none, SpecError for what is no file. */
  inputFiles?(options: z.output<Options>): Promise<readonly string[]>;
  /** Loads the client and builds the source; no I/O on the network or on files before `open`. */
  build(options: z.output<Options>, context: SourceBuild): Promise<Source>;
}

/** What kind of values a field of a result holds, for the column that is made for it; lists and sets are of texts. */
export type FieldType = 'integer' | 'number' | 'text' | 'time' | 'list' | 'set';

/** What is known of an operator's results before there is one. */
export interface ResultShape {
  /** The fields that identify a result. */
  readonly identity: readonly string[];
  /** All fields, in order; null where only the events can tell the type. */
  readonly fields: Readonly<Record<string, FieldType | null>>;
}

export interface SinkBuild {
  readonly name: string;
  readonly job: string;
  readonly format: Format;
  /** The fields that identify a row: the key fields and `window_start` behind a window, `--key` else; may be empty. */
  readonly identity: readonly string[];
  /** The fields of its rows, where the operator before it says what they are. */
  readonly fields?: ResultShape['fields'] | undefined;
}

export interface SinkDefinition<Options extends z.ZodObject = z.ZodObject>
  extends Definition<'sink', Options>,
    Endpoint {
  /** The strongest mode that these options allow; the plan may choose a weaker one. */
  mode(options: z.output<Options>): SinkMode;
  /** The table or file that two sinks of one job must not share; undefined if sharing is harmless. */
  target(options: z.output<Options>): string | undefined;
  guessFormat?(options: z.output<Options>): Format | undefined;
  /** The file that it replaces or adds to. */
  outputFile?(options: z.output<Options>): string;
  /** Whether what was written stays: then results are written once they are final, and none are taken back. */
  appendsOnly?(options: z.output<Options>): boolean;
  build(options: z.output<Options>, context: SinkBuild): Promise<Sink>;
  /** For mode `joined`: the database file that the rows, and so the checkpoint, live in. */
  joinedFile?(options: z.output<Options>): string;
  buildJoined?(options: z.output<Options>, context: SinkBuild): Promise<JoinedSink>;
  /** For mode `staged`, where the target needs more than its rows again with their own tokens: transactions. */
  buildStaged?(options: z.output<Options>, context: SinkBuild): Promise<StagedSink>;
}

export interface OperatorBuild {
  readonly name: string;
  readonly job: string;
  /** The key: fields or expressions; empty without one. */
  readonly key: readonly string[];
  /** What it reads (`orders`, `views.late`), by the number of the port that events come in by. */
  readonly inputs: readonly string[];
  /** What is known of the events that come in by each of these; left out, or undefined, where nothing is. */
  readonly shapes?: readonly (ResultShape | undefined)[];
  /** Gives a state that survives recoveries; `id` tells an operator's states apart. Only during `build`. */
  state<T>(id: string, type: StateType<T>): KeyedState<T>;
}

/** A part of an operator's options that says how a server is reached. */
export interface InnerEndpoint extends Pick<Endpoint, 'fromEnvironment'> {
  /** Where it stands in the options. */
  readonly path: readonly (string | number)[];
  readonly options: z.ZodObject;
}

/** `user.city` is `['user', 'city']`. */
export type FieldPath = readonly [string, ...(string | number)[]];

export interface OperatorDefinition<Options extends z.ZodObject = z.ZodObject>
  extends Definition<'operator', Options> {
  /** Named output ports beside the default one (`late`). */
  readonly ports: readonly string[];
  /** Whether it needs event time; then a source without it fails validation. */
  readonly needsTime: boolean;
  /** The path of an option that goes by event time, where it is given; for an operator that else need not. */
  timedOption?(options: z.output<Options>): readonly (string | number)[] | undefined;
  /** Whether what it makes of an event depends on those before. */
  keepsState(options: z.output<Options>): boolean;
  /** Whether its results are alerts: the newest of them are shown to whoever watches the job. */
  readonly alerts?: boolean;
  /** Whether its expressions name its inputs; then an option `as` holds their names, where they are not those of nodes. */
  readonly namesInputs?: boolean;
  /** The servers that options name, which are as they were written: not validated yet. */
  endpoints?(options: unknown): readonly InnerEndpoint[];
  /** Whether the same input always gives the same output, or the reason why not (shown by `explain`). */
  deterministic(options: z.output<Options>): true | string;
  /**
   * Paths of the fields by which it leaves events out, as the events are then: where it leaves out all of them and none
   * has such a field, that is why.
   */
  decidesBy?(options: z.output<Options>): readonly FieldPath[];
  /** Paths of the fields by which it tells events apart or sums them up, of the events of each of its inputs. */
  reads?(
    options: z.output<Options>,
    node: { readonly key: readonly string[]; readonly from: readonly string[] },
  ): readonly (readonly FieldPath[])[];
  /** Whether an event for which it gives nothing is absorbed into its state, rather than left out. */
  readonly absorbs?: boolean;
  /** What the results on the default port look like; left out where nothing is known of them. Throws SpecError. */
  results?(
    options: z.output<Options>,
    node: { readonly name: string; readonly key: readonly string[]; readonly from: readonly string[] },
  ): ResultShape;
  build(options: z.output<Options>, context: OperatorBuild): Promise<Operator>;
}

export type AnyDefinition = SourceDefinition | SinkDefinition | OperatorDefinition;

/** Checks the definition's own type; registries hold them with their option types erased. */
export function defineSource<Options extends z.ZodObject>(
  definition: SourceDefinition<Options>,
): SourceDefinition {
  return definition as unknown as SourceDefinition;
}
export function defineSink<Options extends z.ZodObject>(definition: SinkDefinition<Options>): SinkDefinition {
  return definition as unknown as SinkDefinition;
}
export function defineOperator<Options extends z.ZodObject>(
  definition: OperatorDefinition<Options>,
): OperatorDefinition {
  return definition as unknown as OperatorDefinition;
}
