import type { StateDelta, StatePart } from '../checkpoint/store.ts';
import type { Input } from '../plan/model.ts';
import { Inlet } from './inlet.ts';
import type { LetterBox } from './letters.ts';
import { marked } from './marked.ts';
import { type BuiltOperator, type NodeHost, OperatorNode } from './operator-node.ts';
import { type Receiver, remove } from './receiver.ts';
import type { StageQueue } from './stage-queue.ts';
import type { TimeOrigin } from './time-origin.ts';

/** The operators of a job, connected: events and watermarks go in at the inlets and come out at the receivers. */
export class Graph {
  readonly inlets: ReadonlyMap<string, Inlet>;
  readonly nodes: readonly OperatorNode[];
  readonly #byName = new Map<string, OperatorNode>();

  /** `operators` in the plan's order, each behind its inputs. */
  constructor(
    sources: readonly string[],
    operators: readonly BuiltOperator[],
    letters: LetterBox,
    host: NodeHost,
  ) {
    this.inlets = new Map(sources.map((name) => [name, new Inlet()]));
    this.nodes = operators.map((built) => {
      const { planned } = built;
      const node = new OperatorNode(built, letters, host);
      this.#byName.set(planned.spec.name, node);
      planned.inputs.forEach((input, port) => {
        this.connect(
          input,
          marked(input, host.narrowing, (event) => node.receive(event, port)),
        );
        if (node.isTimeOrigin) {
          const origin = this.#timeOriginOf(input.node, operators);
          origin.listeners.push((watermark) => node.advanceInput(port, watermark));
          node.followTime(origin);
          for (const inlet of this.#inletsBefore(origin)) inlet.nodes.push(node);
        }
      });
      return node;
    });
  }

  /** Sends what leaves `input` to `receiver` too. */
  connect(input: Input, receiver: Receiver): void {
    const inlet = this.inlets.get(input.node);
    if (inlet !== undefined) inlet.receivers.push(receiver);
    else this.#byName.get(input.node)!.connect(input.port, receiver);
  }

  /** Undoes `connect`; between two events only. */
  disconnect(input: Input, receiver: Receiver): void {
    const inlet = this.inlets.get(input.node);
    if (inlet !== undefined) remove(receiver, inlet.receivers);
    else this.#byName.get(input.node)!.disconnect(input.port, receiver);
  }

  /** Every stage of every node, in the order in which events come to them. */
  get stages(): readonly StageQueue[] {
    return this.nodes.flatMap((node) => node.stages);
  }

  /** What changed in all states since the last call. */
  freeze(): StateDelta[] {
    return this.nodes.flatMap((node) => node.freeze());
  }

  /** What was frozen last is saved. */
  saved(): void {
    for (const node of this.nodes) node.saved();
  }

  /** How many keys each node holds in state; nodes without state are left out. */
  keys(): Record<string, number> {
    const held = this.nodes.map(({ counters, stateKeys }) => [counters.name, stateKeys ?? 0] as const);
    return Object.fromEntries(held.filter(([, keys]) => keys > 0));
  }

  /** Puts back the state of a checkpoint, before the first event. */
  async restore(parts: AsyncIterable<StatePart>): Promise<void> {
    for await (const part of parts) this.#byName.get(part.node)?.restore(part);
    for (const node of this.nodes) node.restored();
  }

  #inletsBefore(origin: TimeOrigin): readonly Inlet[] {
    const inlets = [...this.inlets.values()];
    return inlets.filter((inlet) => inlet === origin || inlet.nodes.some((node) => node === origin));
  }

  #timeOriginOf(name: string, operators: readonly BuiltOperator[]): TimeOrigin {
    const inlet = this.inlets.get(name);
    if (inlet !== undefined) return inlet;
    const node = this.#byName.get(name)!;
    if (node.isTimeOrigin) return node;
    const { planned } = operators.find((each) => each.planned.spec.name === name)!;
    return this.#timeOriginOf(planned.inputs[0]!.node, operators);
  }
}
