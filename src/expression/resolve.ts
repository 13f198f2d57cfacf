import { aggregateFunctions } from './aggregates.ts';
import type { FunctionDefinition } from './functions/define.ts';
import { aliases, scalarFunctions } from './functions/index.ts';
import { problemAt, suggestionFor, type Text } from './problem.ts';
import { type Aggregate, type Call, type CastType, castTypes, type Node, nodesOf } from './tree.ts';

/** A call as it was written. */
export interface CallParts {
  readonly name: string;
  readonly star: boolean;
  readonly distinct: boolean;
  readonly arguments: readonly Node[];
  readonly filter: Node | null;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds out which function is meant and whether it takes these arguments. Throws SpecError. */
export function resolveCall(source: Text, parts: CallParts, span: Span): Call | Aggregate {
  const lowered = parts.name.toLowerCase();
  const name = aliases.get(lowered) ?? lowered;
  const aggregate = aggregateFunctions.get(name);
  if (aggregate !== undefined) {
    checkAggregate(source, parts, aggregate, span);
    const { arguments: list, distinct, filter } = parts;
    return { kind: 'aggregate', name, arguments: list, distinct, filter, ...span };
  }
  const scalar = scalarFunctions.get(name);
  if (scalar === undefined) {
    const known = [...scalarFunctions.keys(), ...aliases.keys(), ...aggregateFunctions.keys()];
    throw problemAt(source, span.start, `unknown function "${parts.name}"`, suggestionFor(parts.name, known));
  }
  checkScalar(source, parts, scalar, span);
  return { kind: 'call', name, arguments: parts.arguments, ...span };
}

/** SQL's words for the time of day, which are calls without parentheses. */
export function currentTime(word: 'CURRENT_TIMESTAMP' | 'CURRENT_DATE', span: Span): Call {
  const now: Call = { kind: 'call', name: 'now', arguments: [], ...span };
  if (word === 'CURRENT_TIMESTAMP') return now;
  const day: Node = { kind: 'literal', value: 'day', ...span };
  return { kind: 'call', name: 'date_trunc', arguments: [day, now], ...span };
}

function checkAggregate(source: Text, parts: CallParts, wanted: number, span: Span): void {
  const { name, star, arguments: list } = parts;
  const given = list.length;
  if (star && name.toLowerCase() !== 'count') {
    throw problemAt(source, span.start, `${name}(*) has no meaning`, `only count(*) does`);
  }
  if (!star && given !== wanted) {
    const hint = given === 0 && name.toLowerCase() === 'count' ? 'count(*) counts events' : undefined;
    throw problemAt(source, span.start, `${name} takes ${countOf(wanted)}, not ${given}`, hint);
  }
  for (const node of [...list, ...(parts.filter === null ? [] : [parts.filter])]) {
    for (const inner of nodesOf(node)) {
      if (inner.kind !== 'aggregate') continue;
      throw problemAt(
        source,
        inner.start,
        `an aggregate (${inner.name}) can't stand inside another (${name})`,
      );
    }
  }
}

function checkScalar(source: Text, parts: CallParts, scalar: FunctionDefinition, span: Span): void {
  const { name } = parts;
  if (parts.star || parts.distinct || parts.filter !== null) {
    const what = parts.star ? '*' : parts.distinct ? 'DISTINCT' : 'FILTER';
    throw problemAt(source, span.start, `${name} is no aggregate and takes no ${what}`);
  }
  const given = parts.arguments.length;
  if (given >= scalar.least && given <= scalar.most) return;
  const wanted =
    scalar.least === scalar.most
      ? countOf(scalar.least)
      : scalar.most === Number.POSITIVE_INFINITY
        ? `at least ${countOf(scalar.least)}`
        : `${scalar.least} to ${scalar.most} arguments`;
  throw problemAt(source, span.start, `${name} takes ${wanted}, not ${given}`, `it is ${scalar.signature}`);
}

function countOf(count: number): string {
  if (count === 0) return 'no arguments';
  return count === 1 ? '1 argument' : `${count} arguments`;
}

const spellings: Readonly<Record<string, CastType>> = {
  INT: 'INTEGER',
  BIGINT: 'INTEGER',
  SMALLINT: 'INTEGER',
  REAL: 'DOUBLE',
  FLOAT: 'DOUBLE',
  VARCHAR: 'TEXT',
  STRING: 'TEXT',
  CHAR: 'TEXT',
  BOOL: 'BOOLEAN',
  DATETIME: 'TIMESTAMP',
};

/** All names of types, in lower case. */
export const typeNames = [...castTypes, ...Object.keys(spellings)].map((name) => name.toLowerCase());

/** The type that a name means, if it is one. */
export function typeNamed(name: string): CastType | undefined {
  const upper = name.toUpperCase();
  return (
    castTypes.find((each) => each === upper) ??
    (Object.hasOwn(spellings, upper) ? spellings[upper] : undefined)
  );
}

/** The type that a name in CAST means. Throws SpecError. */
export function castTypeOf(source: Text, name: string, offset: number): CastType {
  const type = typeNamed(name);
  if (type !== undefined) return type;
  const hint =
    suggestionFor(name, [...castTypes, ...Object.keys(spellings)]) ?? `it can be ${castTypes.join(', ')}`;
  throw problemAt(source, offset, `unknown type "${name}"`, hint);
}
