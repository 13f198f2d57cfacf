import type { AsyncStage, Outcome, StageHost } from '../../component/operator.ts';
import { DataError } from '../../errors.ts';
import type { Event } from '../../event.ts';

/** A stage whose refusals carry the name of its step. */
export class NamedStage implements AsyncStage {
  readonly #name: string | undefined;
  readonly #stage: AsyncStage;

  constructor(name: string | undefined, stage: AsyncStage) {
    this.#name = name;
    this.#stage = stage;
  }

  get concurrency(): number {
    return this.#stage.concurrency;
  }

  get batch(): number | undefined {
    return this.#stage.batch;
  }

  async open(host: StageHost): Promise<void> {
    await this.#stage.open?.(host);
  }

  async run(batch: readonly Event[], signal: AbortSignal): Promise<readonly Outcome[]> {
    const outcomes = await this.#stage.run(batch, signal);
    const name = this.#name;
    return name === undefined ? outcomes : outcomes.map((outcome) => inStep(name, outcome));
  }

  async close(): Promise<void> {
    await this.#stage.close?.();
  }
}

function inStep(step: string, outcome: Outcome): Outcome {
  if (!(outcome instanceof DataError)) return outcome;
  const { code, message, retryable } = outcome;
  return new DataError(code, message, { retryable, step, cause: outcome });
}
