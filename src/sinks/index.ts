import type { SinkDefinition } from '../component/define.ts';
import { cassandraSink } from './cassandra/definition.ts';
import { fileSink } from './file/definition.ts';
import { httpSink } from './http/definition.ts';
import { kafkaSink } from './kafka/definition.ts';
import { sqliteSink } from './sqlite/definition.ts';
import { stdoutSink } from './stdout/definition.ts';

/** Every sink there is, in the order in which `sluice components` lists them. */
export const sinks: readonly SinkDefinition[] = [
  cassandraSink,
  sqliteSink,
  kafkaSink,
  fileSink,
  httpSink,
  stdoutSink,
];
