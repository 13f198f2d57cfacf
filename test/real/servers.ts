import { inject } from 'vitest';

export interface Servers {
  /** `host:port`. */
  readonly kafka: string;
  readonly cassandra: string;
  readonly localDatacenter: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    servers: Servers | undefined;
  }
}

/**
 * The servers that all tests of a run share: use topics, groups and keyspaces of your own there, and `startServers`
 * for copies to kill. Undefined where there are none: `describe.runIf(servers)`.
 */
export const servers = inject('servers');
