import { types } from 'cassandra-driver';
import type { JsonObject, Value } from '../../event.ts';
import { mismatch } from './mismatch.ts';
import { type Convert, scalars } from './scalars.ts';

/** A column's type as the driver reads it from the server. */
export interface ColumnType {
  readonly code: number;
  readonly info: unknown;
  readonly options?: { readonly frozen?: boolean };
  readonly customTypeName?: string;
}

interface UserType {
  readonly name: string;
  readonly fields: readonly { readonly name: string; readonly type: ColumnType }[];
}

const { dataTypes } = types;
const typeNames = new Map(Object.entries(dataTypes).map(([name, code]) => [Number(code), name]));
/** The driver would send an empty collection as null, and can't inside another one. */
const EMPTY = Buffer.alloc(4);

/** Compiles the conversion of a column's values. A type that can't be written refuses every value but null. */
export function converterOf(type: ColumnType): Convert {
  switch (type.code) {
    case dataTypes.list:
    case dataTypes.set:
      return elementsOf(type);
    case dataTypes.map:
      return mapOf(type);
    case dataTypes.tuple:
      return tupleOf(type);
    case dataTypes.udt:
      return userTypeOf(type);
    default:
      return vectorDimension(type) === undefined ? scalarOf(type) : vectorOf(type);
  }
}

/** The type in CQL, for messages and comparison: `map<text, frozen<list<int>>>`. */
export function nameOf(type: ColumnType): string {
  const bare = bareNameOf(type);
  return type.options?.frozen ? `frozen<${bare}>` : bare;
}

/** Whether writing the same value twice with one timestamp doubles it: a list's elements have identities of their own. */
export function growsWhenRepeated(type: ColumnType): boolean {
  return type.code === dataTypes.list && !type.options?.frozen;
}

function bareNameOf(type: ColumnType): string {
  const { info } = type;
  if (type.code === dataTypes.udt) return (info as UserType).name;
  if (type.code === dataTypes.map || type.code === dataTypes.tuple) {
    return `${scalarName(type)}<${(info as ColumnType[]).map(nameOf).join(', ')}>`;
  }
  if (type.code === dataTypes.list || type.code === dataTypes.set) {
    return `${scalarName(type)}<${nameOf(info as ColumnType)}>`;
  }
  const dimension = vectorDimension(type);
  return dimension === undefined
    ? scalarName(type)
    : `vector<${nameOf((info as [ColumnType, number])[0])}, ${dimension}>`;
}

/** The driver calls text by its other name. */
function scalarName({ code, info }: ColumnType): string {
  if (code === dataTypes.varchar) return 'text';
  if (code === dataTypes.custom) return String(info);
  return typeNames.get(code) ?? `type ${code}`;
}

function vectorDimension({ customTypeName, info }: ColumnType): number | undefined {
  return customTypeName === 'vector' ? (info as [ColumnType, number])[1] : undefined;
}

function scalarOf(type: ColumnType): Convert {
  const name = scalarName(type);
  if (Object.hasOwn(scalars, name)) return scalars[name]!;
  return (value) => {
    throw mismatch(`null (values of type ${name} can't be written)`, value);
  };
}

function elementsOf(type: ColumnType): Convert {
  const convert = converterOf(type.info as ColumnType);
  return (value) => {
    if (!Array.isArray(value)) throw mismatch(nameOf(type), value);
    return value.length === 0 ? EMPTY : value.map((element) => inside(type, convert, element));
  };
}

function mapOf(type: ColumnType): Convert {
  const [keyType, valueType] = type.info as [ColumnType, ColumnType];
  const convertKey = keyConverterOf(keyType);
  const convert = converterOf(valueType);
  return (value) => {
    if (!isObject(value)) throw mismatch(nameOf(type), value);
    const map = new Map<unknown, unknown>();
    for (const key of Object.keys(value)) map.set(convertKey(key), inside(type, convert, value[key]));
    return map;
  };
}

/** A JSON object's keys are text: those of other types are read from it. */
function keyConverterOf(type: ColumnType): (key: string) => unknown {
  const convert = converterOf(type);
  switch (type.code) {
    case dataTypes.tinyint:
    case dataTypes.smallint:
    case dataTypes.int:
    case dataTypes.float:
    case dataTypes.double:
      return (key) => convert(numericPattern.test(key) ? Number(key) : key);
    case dataTypes.timestamp:
      return (key) => convert(/^-?\d+$/.test(key) ? Number(key) : key);
    case dataTypes.boolean:
      return (key) => convert(key === 'true' ? true : key === 'false' ? false : key);
    default:
      return convert;
  }
}

const numericPattern = /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i;

function tupleOf(type: ColumnType): Convert {
  const converters = (type.info as ColumnType[]).map(converterOf);
  return (value) => {
    if (!Array.isArray(value) || value.length !== converters.length) {
      throw mismatch(`${nameOf(type)} as an array of ${converters.length}`, value);
    }
    return types.Tuple.fromArray(converters.map((convert, index) => orNull(convert, value[index])));
  };
}

function userTypeOf(type: ColumnType): Convert {
  const { name, fields } = type.info as UserType;
  const converters = new Map(fields.map((field) => [field.name, converterOf(field.type)]));
  return (value) => {
    if (!isObject(value)) throw mismatch(name, value);
    for (const field of Object.keys(value)) {
      if (!converters.has(field)) throw mismatch(`${name} without a field ${JSON.stringify(field)}`, value);
    }
    const record: Record<string, unknown> = Object.create(null);
    for (const [field, convert] of converters) {
      record[field] = orNull(convert, Object.hasOwn(value, field) ? value[field] : null);
    }
    return record;
  };
}

function vectorOf(type: ColumnType): Convert {
  const [elementType, dimension] = type.info as [ColumnType, number];
  const convert = converterOf(elementType);
  return (value) => {
    if (!Array.isArray(value) || value.length !== dimension) {
      throw mismatch(`${nameOf(type)} as an array of ${dimension}`, value);
    }
    return new types.Vector(value.map((element) => inside(type, convert, element)));
  };
}

function orNull(convert: Convert, value: Value | undefined): unknown {
  return value === null || value === undefined ? null : convert(value);
}

/** No collection holds null. */
function inside(type: ColumnType, convert: Convert, value: Value | undefined): unknown {
  if (value === null || value === undefined) throw mismatch(`no null inside ${nameOf(type)}`, value);
  return convert(value);
}

function isObject(value: Value): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
