import { StateDirectory } from '../../src/checkpoint/home.ts';
import { systemClock } from '../../src/clock.ts';
import type { SinkDefinition } from '../../src/component/define.ts';
import type { Sink, StagedSink } from '../../src/component/sink.ts';
import type { Event } from '../../src/event.ts';
import { runJob, type StartMode } from '../../src/runtime/job.ts';
import { failureOf } from '../../src/spec/failure.ts';
import { jobFromFile } from '../../src/spec/load.ts';

/** Before a delivery begins · when its first batch is under way · when it is done, and nobody knows yet. */
export type Moment = 'before' | 'within' | 'after';

/** One life of a job with staged sinks: what the process is told on its command line, as JSON. */
export interface Life {
  readonly jobfile: string;
  readonly home: string;
  readonly mode: StartMode;
  /** What befalls the process at the n-th delivery of rows, from 1. */
  readonly fate?: {
    readonly delivery: number;
    readonly moment: Moment;
    readonly signal: 'SIGKILL' | 'SIGSTOP';
  };
}

const { jobfile, home, mode, fate }: Life = JSON.parse(process.argv[2]!);
let deliveries = 0;
let isOver = false;

function befall(moment: Moment): void {
  if (isOver || fate?.delivery !== deliveries || fate.moment !== moment) return;
  isOver = true;
  process.kill(process.pid, fate.signal);
}

function fatedDeliveries(sink: StagedSink): StagedSink {
  const { deliver } = sink;
  sink.deliver = async (interval, batches, signal) => {
    const [first] = batches;
    if (first !== undefined) deliveries++;
    befall('before');
    const rejections = await deliver.call(sink, interval, watched(batches), signal);
    befall('after');
    return rejections;
  };
  return sink;
}

function watched(batches: Iterable<readonly Event[]>): Iterable<readonly Event[]> {
  return {
    *[Symbol.iterator]() {
      let isFirst = true;
      for (const batch of batches) {
        if (!isFirst) befall('within');
        isFirst = false;
        yield batch;
      }
    },
  };
}

/** A sink that takes its staged rows by `write`: each batch counts as a delivery. */
function fatedWrites(sink: Sink): Sink {
  const { write } = sink;
  sink.write = async (batch, signal) => {
    deliveries++;
    befall('before');
    const rejections = await write.call(sink, batch, signal);
    befall('after');
    return rejections;
  };
  return sink;
}

function withFate(definition: SinkDefinition): SinkDefinition {
  const { build, buildStaged } = definition;
  const fated = async (...given: Parameters<typeof build>) => fatedWrites(await build(...given));
  if (buildStaged === undefined) return { ...definition, build: fated };
  return {
    ...definition,
    buildStaged: async (options, context) => fatedDeliveries(await buildStaged(options, context)),
  };
}

try {
  const { end, error } = await runJob(jobFromFile(jobfile), {
    home: new StateDirectory(home),
    clock: systemClock,
    mode,
    takeover: true,
    notice: (line) => process.stderr.write(`${line}\n`),
    wrap: {
      plan: (plan) => ({
        ...plan,
        sinks: plan.sinks.map((sink) => ({ ...sink, definition: withFate(sink.definition) })),
      }),
      store: (store) => store,
    },
  });
  if (end === 'failed') throw error;
} catch (error) {
  const { text, exitCode } = failureOf(error, { commands: [], debug: false });
  process.stderr.write(text);
  process.exitCode = exitCode;
}
