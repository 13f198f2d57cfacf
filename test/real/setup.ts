import type { TestProject } from 'vitest/node';
import type { Servers } from './servers.ts';
import { missingForServers, startServers } from './start-servers.ts';

/**
 * Gives the tests real servers: those of the environment, or else own ones, which stop with the run. Without Java or
 * Maven the tests are skipped, unless SLUICE_REQUIRE_SERVERS=1.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const kafka = process.env.KAFKA_BOOTSTRAP_SERVERS;
  const cassandra = process.env.CASSANDRA_CONTACT_POINTS;
  const localDatacenter = process.env.CASSANDRA_LOCAL_DC ?? 'datacenter1';
  if (kafka && cassandra) {
    project.provide('servers', { kafka, cassandra, localDatacenter } satisfies Servers);
    return undefined;
  }
  const missing = missingForServers();
  if (missing) {
    const line = `test/real needs ${missing} to start Kafka and Cassandra, or KAFKA_BOOTSTRAP_SERVERS and CASSANDRA_CONTACT_POINTS`;
    if (process.env.SLUICE_REQUIRE_SERVERS === '1') throw new Error(line);
    console.warn(`skipped: ${line}`);
    project.provide('servers', undefined);
    return undefined;
  }
  const own = await startServers();
  project.provide('servers', { kafka: own.kafka, cassandra: own.cassandra, localDatacenter });
  return own.down;
}
