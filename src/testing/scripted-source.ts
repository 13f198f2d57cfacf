import { decodeValue, encodeValue } from '../codecs/json.ts';
import type { Source, SourceHost } from '../component/source.ts';
import type { Headers, JsonObject, PartitionId, Position, Positions, Records, Value } from '../event.ts';

export type Step = Readonly<Record<string, unknown>>;

/** A source that gives out what a test's script says, a part at a time. */
export class ScriptedSource implements Source {
  readonly #parts: readonly (readonly Step[])[];
  readonly #records: ScriptedRecord[] = [];
  readonly #partitions: ReadonlySet<PartitionId>;
  #host!: SourceHost;
  #released = 0;
  #given = 0;
  #isOver = false;
  #wake = () => {};

  /** `parts`: the events between which the clock moves. */
  constructor(parts: readonly (readonly Step[])[]) {
    this.#parts = parts;
    const partitions = parts.flat().map(partitionOf);
    this.#partitions = new Set(partitions.length === 0 ? ['0'] : partitions);
  }

  /** How many events the job has been given in all, once it has taken what is released. */
  get expected(): number {
    return this.#records.length;
  }

  /** Gives out one part more, if there is one; else the source stands at its end. */
  release(): void {
    const part = this.#parts[this.#released++] ?? [];
    for (const step of part) this.#records.push(new ScriptedRecord(step, this.#records.length));
    for (const partition of new Set(part.map(partitionOf))) this.#host.status(partition, 'active');
    this.#wake();
  }

  /** The partitions have nothing more for now, as far as anybody can see. */
  rest(): void {
    for (const partition of this.#partitions) this.#host.status(partition, 'idle');
  }

  /** Nothing will ever come again. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  async open(_resume: Positions, host: SourceHost): Promise<void> {
    this.#host = host;
    await host.assigned([...this.#partitions]);
  }

  poll(maxRecords: number): Records | undefined {
    return maxRecords > 0 && this.#given < this.#records.length ? this.#records[this.#given++] : undefined;
  }

  ready(signal: AbortSignal): Promise<void> {
    if (this.#given < this.#records.length || this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  get ended(): boolean {
    return this.#isOver && this.#given === this.#records.length;
  }

  pause(): void {}
  resume(): void {}
  async close(): Promise<void> {}
}

function partitionOf(step: Step): PartitionId {
  return String(step.$partition ?? 0);
}

/** One event of a script as a record: `$…` are what a record has beside its value. */
class ScriptedRecord implements Records {
  readonly length = 1;
  readonly partition: PartitionId;
  readonly #step: Step;
  readonly #position: Position;
  readonly value?: () => JsonObject;

  constructor(step: Step, position: Position) {
    this.partition = partitionOf(step);
    this.#step = step;
    this.#position = position;
    if (typeof step.$text !== 'string') this.value = () => decodeValue(this.#text()) as JsonObject;
  }

  text(): string {
    return this.#text();
  }

  bytes(): Uint8Array {
    return Buffer.from(this.#text());
  }

  size(): number {
    return this.#text().length;
  }

  key(): Uint8Array | null {
    return '$key' in this.#step ? Buffer.from(String(this.#step.$key)) : null;
  }

  headers(): Headers {
    return (this.#step.$headers ?? {}) as Headers;
  }

  timestamp(): number | null {
    const { $timestamp: given } = this.#step;
    if (given === undefined) return null;
    return typeof given === 'number' ? given : Date.parse(String(given));
  }

  offset(): Position {
    return this.#position;
  }

  next(): Position {
    return this.#position + 1;
  }

  #text(): string {
    const { $text: text } = this.#step;
    if (typeof text === 'string') return text;
    const fields = Object.entries(this.#step).filter(([name]) => !name.startsWith('$'));
    return encodeValue(Object.fromEntries(fields) as Record<string, Value>);
  }
}
