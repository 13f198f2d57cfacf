import type { DeadLetter } from '../checkpoint/dead-letter.ts';
import { SpecError } from '../errors.ts';
import type { Event } from '../event.ts';
import type { NodeCounters } from '../metrics/counters.ts';
import { anyOf } from '../spec/suggest.ts';
import type { Intake } from './intake.ts';
import type { OperatorNode } from './operator-node.ts';
import type { Door } from './replay.ts';

/** node: where the letter was refused · start: at its source, whichever node refused it · sink: at the only sink. */
export type ReplayTarget = 'node' | 'start' | 'sink';

/** The parts of a job that letters can go into. */
export interface Enterable {
  readonly intakes: readonly Intake[];
  readonly nodes: readonly OperatorNode[];
  readonly outlets: readonly { readonly counters: NodeCounters; accept(event: Event): void }[];
}

/** The doors of a job, by the letter. */
export class Doors {
  readonly #job: Enterable;
  readonly #target: ReplayTarget;
  readonly #known = new Map<string, Door>();

  constructor(job: Enterable, target: ReplayTarget) {
    this.#job = job;
    this.#target = target;
  }

  /** Throws SpecError where the job has no such node any more. */
  of(letter: DeadLetter): Door {
    const name = this.#target === 'start' ? letter.source : letter.node;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const door = this.#target === 'sink' ? this.#intoTheSink() : this.#into(name, letter);
    this.#known.set(name, door);
    return door;
  }

  #into(name: string, letter: DeadLetter): Door {
    const isOwn = name === letter.node;
    const intake = this.#job.intakes.find((each) => each.name === name);
    if (intake !== undefined) return intoSource(intake, isOwn);
    const node = this.#job.nodes.find(({ counters }) => counters.name === name);
    if (node !== undefined) return intoOperator(node);
    const outlet = this.#job.outlets.find(({ counters }) => counters.name === name);
    if (outlet !== undefined) return intoSink(outlet);
    const names = [...this.#job.intakes, ...this.#job.nodes, ...this.#job.outlets].map(
      ({ counters }) => counters.name,
    );
    throw new SpecError(`letter ${letter.id} is of the node "${name}", and the job has ${anyOf(names)}`, {
      hint: 'replay it --from-start, or --to a sink',
    });
  }

  #intoTheSink(): Door {
    const [outlet] = this.#job.outlets;
    return {
      name: outlet!.counters.name,
      enter: (letter, _origin, event) => outlet!.accept(event ?? noEvent(letter)),
    };
  }
}

/** A letter of the source itself was counted as read before; any other one is read once more. */
function intoSource(intake: Intake, isOwn: boolean): Door {
  const { counters } = intake;
  return {
    name: counters.name,
    enter(_letter, origin) {
      if (isOwn) counters.takeBack();
      else counters.in++;
      intake.readmit(origin);
    },
  };
}

function intoOperator(node: OperatorNode): Door {
  const { counters } = node;
  return {
    name: counters.name,
    enter(letter, _origin, event) {
      counters.in--;
      counters.takeBack();
      node.receive(event ?? noEvent(letter), letter.port);
    },
  };
}

function intoSink(outlet: Enterable['outlets'][number]): Door {
  const { counters } = outlet;
  return {
    name: counters.name,
    enter(letter, _origin, event) {
      counters.in--;
      counters.takeBack();
      outlet.accept(event ?? noEvent(letter));
    },
  };
}

/** Only the letters of a source have none, and these go in at the source. */
function noEvent({ id }: DeadLetter): never {
  throw new Error(`letter ${id} never became an event`);
}
