import type { JsonObject, Value } from '../../event.ts';
import { isObject, millisOf, numberOf, toText, typeError } from '../values.ts';

/** The last time that a Date can hold, in the year 275760. */
const MAX_TIME = 8.64e15;

type Present = Exclude<Value, null>;

/** An argument that a function takes: its name on the reference page, and how its value is read. */
export interface Parameter<Type> {
  readonly name: string;
  readonly optional?: boolean;
  /** Any number of these, at the end. */
  readonly repeated?: boolean;
  /** Throws DataError if the value is of another type. */
  read(value: Present, caller: string): Type;
}

export function optional<Type>(parameter: Parameter<Type>): Parameter<Type | undefined> {
  return { ...parameter, optional: true };
}

export function text(name: string): Parameter<string> {
  return {
    name,
    read: (value, caller) => (typeof value === 'string' ? value : refuse(caller, name, 'text', value)),
  };
}

/** Text that has to be understood: a unit, a format, a path. Where it is the same for every event it is read once before. */
export function parsed<Type>(name: string, parse: (text: string) => Type): Parameter<Type> {
  const { read } = text(name);
  return { name, read: (value, caller) => parse(read(value, caller)) };
}

/** A scalar of any type, as text. */
export function asText(name: string): Parameter<string> {
  return {
    name,
    read: (value, caller) =>
      typeof value === 'string' ? value : (toText(value) ?? refuse(caller, name, 'text', value)),
  };
}

/** A double; an exact integer is rounded to one. */
export function number(name: string): Parameter<number> {
  return {
    name,
    read: (value, caller) => numberOf(value) ?? refuse(caller, name, 'a number', value),
  };
}

/** A number as it is, exact integers too. */
export function numeric(name: string): Parameter<number | bigint> {
  return {
    name,
    read: (value, caller) =>
      typeof value === 'number' || typeof value === 'bigint'
        ? value
        : refuse(caller, name, 'a number', value),
  };
}

/** A whole number; a fraction is cut off, as SQLite does. */
export function integer(name: string): Parameter<number> {
  return {
    name,
    read: (value, caller) => Math.trunc(numberOf(value) ?? refuse(caller, name, 'a number', value)),
  };
}

/** A point in time: epoch ms, in the range of Date. */
export function timestamp(name: string): Parameter<number> {
  return {
    name,
    read(value, caller) {
      const at = millisOf(value) ?? refuse(caller, name, 'a timestamp', value);
      return Math.abs(at) <= MAX_TIME ? at : refuse(caller, name, 'a time in ms from 1970', value);
    },
  };
}

export function list(name: string): Parameter<readonly Value[]> {
  return {
    name,
    read: (value, caller) => (Array.isArray(value) ? value : refuse(caller, name, 'an array', value)),
  };
}

export function object(name: string): Parameter<JsonObject> {
  return {
    name,
    read: (value, caller) => (isObject(value) ? value : refuse(caller, name, 'an object', value)),
  };
}

export function any(name: string): Parameter<Present> {
  return { name, read: (value) => value };
}

function refuse(caller: string, name: string, expected: string, value: Present): never {
  throw typeError(`${caller}: "${name}" must be ${expected}`, value);
}
