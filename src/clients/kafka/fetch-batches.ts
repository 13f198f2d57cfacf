import type { Batch, Broker, Cluster } from 'kafkajs';
import { type BatchMessage, decodeFetchResponse, OLDEST_VERSION } from './fetch-response.ts';
import { KafkaJSNonRetriableError } from './kafkajs.ts';
import type { RecordBatch } from './record-batch.ts';

/** The code of the request in Kafka's protocol. */
const FETCH = 1;

interface Request {
  readonly request: { readonly apiVersion: number };
  readonly response: object;
}
type MakeRequest = (options: object) => Request;

/** What kafkajs's types leave out. */
interface Requester extends Broker {
  lookupRequest(api: number, definition: object): MakeRequest;
}

/**
 * Makes what the cluster's brokers answer to fetches hold batches as they are, each as one BatchMessage. A consumer asks
 * for the broker before each fetch.
 */
export function fetchBatches(cluster: Cluster): void {
  const known = new WeakSet<Broker>();
  const findBroker = cluster.findBroker.bind(cluster);
  cluster.findBroker = async (which) => {
    const broker = (await findBroker(which)) as Requester;
    if (!known.has(broker)) {
      known.add(broker);
      broker.fetch = broker.fetch.bind(withOwnDecoding(broker));
    }
    return broker;
  };
}

/** What a consumer of such a cluster was handed. */
export function batchesIn({ messages }: Batch): readonly RecordBatch[] {
  return (messages as readonly unknown[] as readonly BatchMessage[]).map(({ batch }) => batch);
}

/** The broker as its own `fetch` sees it. */
function withOwnDecoding(broker: Requester): Requester {
  const view: Requester = Object.create(broker);
  view.lookupRequest = (api, definition) => {
    const make = broker.lookupRequest(api, definition);
    return api === FETCH ? (options) => decodedByUs(make(options)) : make;
  };
  return view;
}

function decodedByUs(made: Request): Request {
  const version = made.request.apiVersion;
  if (version < OLDEST_VERSION) throw new KafkaJSNonRetriableError('the broker is older than Kafka 0.11');
  const decode = (bytes: Buffer) => decodeFetchResponse(bytes, version);
  return { ...made, response: { ...made.response, decode } };
}
