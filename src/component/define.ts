import type { z } from 'zod';
import type { EndpointUri } from './uri.ts';

export type ComponentKind = 'source' | 'operator' | 'sink';

/**
 * The one definition of a component: validation, flags, help, docs and the JSON Schema are derived from it. It is
 * light: whatever is heavy (a client library) is imported inside `build`.
 */
export interface Definition<Kind extends ComponentKind, Options extends z.ZodObject, Built, BuildContext> {
  readonly kind: Kind;
  /** The name in `type:` and, for an endpoint, the scheme of its URI. */
  readonly type: string;
  /** One line, lower case, no full stop. */
  readonly summary: string;
  /** The options as keys of a jobfile (snake_case), each with `.describe()`. */
  readonly options: Options;
  /** Complete examples: a jobfile fragment or a URI, each tested. */
  readonly examples: readonly string[];
  /** Endpoints: the options that a URI spells. Throws SpecError. */
  readonly fromUri?: (uri: EndpointUri) => Record<string, unknown>;
  readonly build: (options: z.output<Options>, context: BuildContext) => Promise<Built>;
}
