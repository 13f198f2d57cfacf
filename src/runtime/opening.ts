import type { Lease } from '../checkpoint/store.ts';
import type { SinkHost, StagedHost } from '../component/sink.ts';
import type { Event } from '../event.ts';
import type { Assembly } from './assembly.ts';
import type { Graph } from './graph.ts';
import type { Intake } from './intake.ts';
import type { Outbox } from './outbox.ts';
import type { Outlets } from './outlets.ts';
import { refuseOwnOutput } from './own-output.ts';
import type { RowTokens } from './row-tokens.ts';
import type { StagedOutlet } from './staged-outlet.ts';
import type { Tokens } from './tokens.ts';

interface Openable extends Outlets {
  readonly graph: Graph;
  /** None while letters are replayed: then nothing is read. */
  readonly intakes: readonly Intake[];
  readonly outbox: Outbox | undefined;
  readonly tokens: Tokens;
  readonly rowTokens: RowTokens;
}

/** Opens the parts of a job, those first that others write to, and closes whatever was opened. */
export class Opening {
  readonly #parts: Openable;
  readonly #assembly: Assembly;
  readonly #lease: Lease;
  readonly #opened: { close(): unknown }[] = [];

  constructor(parts: Openable, assembly: Assembly) {
    this.#parts = parts;
    this.#assembly = assembly;
    this.#lease = assembly.lease;
  }

  /** Throws UnreachableError or SpecError. */
  async open(): Promise<void> {
    const { tokens, outbox, intakes } = this.#parts;
    if (intakes.length > 0) await refuseOwnOutput(this.#assembly.plan);
    await tokens.ensure(1);
    await this.#openSinks();
    if (outbox !== undefined) {
      this.#opened.push(outbox.store);
      await outbox.open();
    }
    await this.#openStages();
    // A pattern may match what sinks have just made.
    if (intakes.length > 0) await refuseOwnOutput(this.#assembly.plan);
    for (const intake of intakes) {
      this.#opened.push(intake.source);
      await intake.open();
    }
  }

  /** Never rejects. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#opened.map(async (part) => part.close()));
  }

  async #openSinks(): Promise<void> {
    const { outlets, joined, staged } = this.#parts;
    const tokenOf = (name: string) => this.#assembly.last?.sinks[name] ?? null;
    for (const outlet of outlets) {
      const { sink, counters } = outlet;
      this.#opened.push(sink);
      await sink.open(
        tokenOf(counters.name),
        this.#sinkHost(counters.name, (event) => outlet.tokenOf(event)),
      );
    }
    for (const { sink, counters } of joined) {
      this.#opened.push(sink);
      await sink.open(this.#sinkHost(counters.name));
    }
    for (const outlet of staged) {
      this.#opened.push(outlet.sink);
      await outlet.sink.open(tokenOf(outlet.counters.name), this.#stagedHost(outlet));
    }
  }

  async #openStages(): Promise<void> {
    const { clock, notice } = this.#assembly;
    for (const { counters, stages } of this.#parts.graph.nodes) {
      for (const { stage } of stages) {
        this.#opened.push({ close: () => stage.close?.() });
        await stage.open?.({ name: counters.name, clock, notice });
      }
    }
  }

  #sinkHost(name: string, tokenOf: (event: Event) => bigint | undefined = () => undefined): SinkHost {
    const { tokens, rowTokens } = this.#parts;
    const { spec, clock, notice } = this.#assembly;
    return {
      name,
      job: spec.name,
      clock,
      epoch: this.#lease.epoch,
      token: (event) => (event && tokenOf(event)) ?? tokens.take(),
      isReplayed: (event) => rowTokens.isReplayed(event),
      notice,
    };
  }

  #stagedHost(outlet: StagedOutlet): StagedHost {
    const { last, allowsDuplicates } = this.#assembly;
    return {
      ...this.#sinkHost(outlet.counters.name, (event) => outlet.tokenOf(event)),
      isReplayed: (event) => outlet.isReplayed(event),
      resumedFrom: last?.number ?? null,
      allowsDuplicates,
      isHolder: () => this.#lease.isHolder(),
    };
  }
}
