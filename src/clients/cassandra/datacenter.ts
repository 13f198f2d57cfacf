import {
  type Client,
  type ExecutionOptions,
  type Host,
  type HostMap,
  policies,
  type types,
} from 'cassandra-driver';

type Policy = policies.loadBalancing.LoadBalancingPolicy;

/**
 * Routes as the driver does by default, token-aware and inside one datacenter, but takes the datacenter from the host
 * that answered first: the driver puts it at the head of its hosts before it sets up its policies.
 */
export class ContactPointDatacenter extends policies.loadBalancing.LoadBalancingPolicy {
  #policy: Policy = new policies.loadBalancing.RoundRobinPolicy();

  override init(client: Client, hosts: HostMap, callback: (error: Error) => void): void {
    const localDc = hosts.values()[0]?.datacenter;
    this.#policy = new policies.loadBalancing.DefaultLoadBalancingPolicy({ localDc });
    this.#policy.init(client, hosts, callback);
  }

  override getDistance(host: Host): types.distance {
    return this.#policy.getDistance(host);
  }

  override newQueryPlan(
    keyspace: string,
    options: ExecutionOptions,
    callback: (error: Error, hosts: Iterator<Host>) => void,
  ): void {
    this.#policy.newQueryPlan(keyspace, options, callback);
  }

  override getOptions(): Map<string, object> {
    return this.#policy.getOptions();
  }
}
