import { parseUri } from '../../component/uri.ts';
import { messageOf, SpecError } from '../../errors.ts';
import { isMap, type JobDocument, type Path, type Place } from '../document.ts';
import type { Registry } from '../registry.ts';
import { sinkSettings, sourceSettings } from '../settings.ts';
import { anyOf, suggest } from '../suggest.ts';
import { valueFor } from './text.ts';

type Endpoints = 'sources' | 'sinks';

const common = { sources: sourceSettings.shape, sinks: sinkSettings.shape } as const;

/** A job's document as flags change it; everything laid over it has the place of its flag. */
export class FlagJob {
  readonly document: JobDocument;
  readonly registry: Registry;
  readonly #directory: string;
  /** The endpoints that flags have made or changed so far. */
  readonly #given = new Set<string>();

  constructor(document: JobDocument, registry: Registry, directory: string) {
    this.document = document;
    this.registry = registry;
    this.#directory = directory;
  }

  /** The names of the nodes there are so far. */
  names(section: keyof Registry): string[] {
    const nodes = this.document.get([section]);
    return isMap(nodes) ? Object.keys(nodes) : [];
  }

  /** Sets the option that the flag is for. */
  set(path: Path, value: unknown, flag: string): void {
    this.document.set(path, value, { ...this.#place(flag), namesOption: true });
  }

  fail(flag: string, message: string, hint?: string): never {
    throw new SpecError(message, { place: `--${flag}`, hint });
  }

  /** What `read` makes of the flag's value; what it throws has the flag as its place. */
  read<Result>(flag: string, read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof SpecError) || error.place !== undefined) throw error;
      this.fail(flag, messageOf(error), error.hint);
    }
  }

  /** An option of every endpoint whose type has it. */
  setOption(section: Endpoints, option: string, value: unknown, flag: string): void {
    const typed = this.names(section).flatMap((name) => this.#optionsOf(section, name, option));
    for (const { name, schema } of typed) this.set([section, name, option], valueFor(schema, value), flag);
    if (typed.length > 0) return;
    const having = this.registry[section].filter((one) => Object.hasOwn(one.options.shape, option));
    const kind = section.slice(0, -1);
    const types = this.names(section).map((name) => typeName(this.document.get([section, name, 'type'])));
    const hint = having.length === 0 ? undefined : `it is for ${anyOf(having.map((one) => one.type))}`;
    this.fail(flag, `a ${kind} of type ${anyOf(types)} has no such option`, hint);
  }

  #optionsOf(section: Endpoints, name: string, option: string) {
    const type = this.document.get([section, name, 'type']);
    const schema = this.registry[section].find((one) => one.type === type)?.options.shape[option];
    return schema === undefined ? [] : [{ name, schema }];
  }

  /** Makes an endpoint of `URI` or `name=URI`, or changes the one of that name. */
  addEndpoint(section: Endpoints, text: string, flag: string): void {
    const [, given, uriText = text] = /^([A-Za-z][\w-]*)=(.+)$/s.exec(text) ?? [];
    const name = given ?? this.#nameFor(section, flag);
    const options = this.#optionsOfUri(section, uriText, flag);
    const place = this.#place(flag);
    const known = this.document.get([section, name]);
    if (this.#given.has(`${section}.${name}`)) {
      this.fail(flag, `two ${section} are called "${name}"`, `name one of them: --${flag} ${name}2=URI`);
    }
    this.#given.add(`${section}.${name}`);
    if (!isMap(known)) this.document.set([section, name], {}, place);
    else if (known.type !== options.type) this.#changeType(section, name, known, place);
    for (const [option, value] of Object.entries(options)) {
      this.document.set([section, name, option], value, place);
    }
  }

  /** Leaves what all of the section have in common, but for the format: that is of the bytes that were there. */
  #changeType(section: Endpoints, name: string, known: object, place: Place): void {
    const kept = Object.entries(known)
      .filter(([option]) => Object.hasOwn(common[section], option) && option !== 'format')
      .map(([option, value]) => ({ path: [section, name, option], value }))
      .map((part) => ({ ...part, place: this.document.place(part.path) }));
    this.document.set([section, name], {}, place);
    for (const { path, value, place: written } of kept) this.document.set(path, value, written);
  }

  /** `source`, `source2` …; over a jobfile, the only one there is. */
  #nameFor(section: Endpoints, flag: string): string {
    const base = section.slice(0, -1);
    const names = this.names(section);
    const fromJobfile = names.filter((name) => this.document.place([section, name]).layer !== 'flag');
    if (fromJobfile.length === 1) return fromJobfile[0] ?? base;
    if (fromJobfile.length > 1)
      this.fail(flag, `the job has several ${section}`, `name one: --${flag} ${fromJobfile[0]}=URI`);
    return names.length === 0 ? base : `${base}${names.length + 1}`;
  }

  #optionsOfUri(section: Endpoints, text: string, flag: string): Record<string, unknown> {
    const kind = section.slice(0, -1);
    return this.read(flag, () => {
      const uri = parseUri(text, section === 'sources' ? 'stdin' : 'stdout');
      const definition = this.registry[section].find(
        ({ type, schemes }) => type === uri.scheme || schemes?.includes(uri.scheme),
      );
      if (definition === undefined) {
        const types = this.registry[section].map((one) => one.type);
        this.fail(flag, `there is no ${kind} of type "${uri.scheme}"`, suggest(uri.scheme, types));
      }
      const shape: Readonly<Record<string, unknown>> = definition.options.shape;
      const isCommon = (name: string) => Object.hasOwn(common[section], name) && !Object.hasOwn(shape, name);
      const query = Object.entries(uri.query);
      const own = Object.fromEntries(query.filter(([name]) => !isCommon(name)));
      return {
        type: definition.type,
        ...valuesFor(definition.options.shape, definition.fromUri({ ...uri, query: own })),
        ...valuesFor(common[section], Object.fromEntries(query.filter(([name]) => isCommon(name)))),
      };
    });
  }

  #place(flag: string): Place {
    return { place: `--${flag}`, layer: 'flag', directory: this.#directory };
  }
}

function typeName(written: unknown): string {
  return typeof written === 'string' ? written : JSON.stringify(written);
}

function valuesFor(
  shape: Readonly<Record<string, unknown>>,
  options: Record<string, unknown>,
): Record<string, unknown> {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, valueFor(shape[name], value)]));
}
