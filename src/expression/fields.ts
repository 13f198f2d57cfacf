import type { Event, JsonObject, Value } from '../event.ts';
import type { Scalar } from './scalar.ts';
import type { MetadataName, Path } from './tree.ts';
import { isObject } from './values.ts';

type Step = string | number;

/** Reads a field; NULL where it is absent, and in a tombstone. Only what the event itself holds can be read. */
export function compileField(path: Path): Scalar {
  const [name, ...rest] = path;
  const outer = isInherited(name) ? ownField(name) : plainField(name);
  const [second, ...deeper] = rest;
  if (second === undefined) return outer;
  if (deeper.length === 0) return (event) => descend(outer(event), second);
  return (event) => rest.reduce<Value>(descend, outer(event));
}

/** The value at a path inside another, NULL where it is absent. */
export function valueAt(value: Value, path: readonly Step[]): Value {
  return path.reduce<Value>(descend, value);
}

function plainField(name: string): Scalar {
  return (event) => {
    const { value } = event;
    if (value === null) return null;
    const found = value[name];
    return found === undefined ? null : found;
  };
}

function ownField(name: string): Scalar {
  return (event) => (event.value === null ? null : descend(event.value, name));
}

function descend(value: Value, step: Step): Value {
  if (typeof value !== 'object' || value === null) return null;
  if (typeof step === 'number') return Array.isArray(value) ? (value[step] ?? null) : null;
  return isObject(value) && Object.hasOwn(value, step) ? value[step]! : null;
}

/** Whether an object without such a field of its own would answer to the name: `constructor`, `__proto__` … */
export function isInherited(name: string): boolean {
  return name in Object.prototype;
}

export function compileMetadata(name: MetadataName, path: readonly Step[]): Scalar {
  const read = metadataReaders[name];
  return path.length === 0 ? read : (event) => valueAt(read(event), path);
}

const metadataReaders: Readonly<Record<MetadataName, Scalar>> = {
  key: ({ origin, index }) => textOf(origin.records.key(index)),
  headers: ({ origin, index }) => headersOf(origin.records.headers(index)),
  topic: (event) => topicOf(event)?.topic ?? null,
  partition: (event) => topicOf(event)?.partition ?? numberOrText(event.origin.records.partition),
  offset: ({ origin, index }) => origin.records.offset(index),
  timestamp({ origin, index }) {
    const at = origin.records.timestamp(index);
    return at === null ? null : new Date(at);
  },
};

/** Kafka's partitions are called `topic/3`. */
function topicOf(event: Event): { topic: string; partition: number } | undefined {
  const match = /^([\w.-]+)\/(\d+)$/.exec(event.origin.records.partition);
  return match === null ? undefined : { topic: match[1]!, partition: Number(match[2]) };
}

function numberOrText(partition: string): Value {
  return /^\d+$/.test(partition) ? Number(partition) : partition;
}

type Header = ReturnType<Event['origin']['records']['headers']>[string];

function headersOf(headers: Readonly<Record<string, Header>>): JsonObject {
  const entries = Object.entries(headers).map(([name, value]) => [name, headerOf(value)] as const);
  return Object.fromEntries(entries);
}

function headerOf(value: Header): Value {
  if (value === undefined || typeof value === 'string') return value ?? null;
  return value instanceof Uint8Array ? textOf(value) : value.map(headerOf);
}

const decoder = new TextDecoder();

function textOf(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : decoder.decode(bytes);
}
