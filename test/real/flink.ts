import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../../src/clock.ts';
import { freePort } from '../free-port.ts';

type Row = readonly unknown[];

interface Page {
  readonly resultType: 'NOT_READY' | 'PAYLOAD' | 'EOS';
  readonly nextResultUri?: string;
  readonly results?: { readonly data: readonly { readonly fields: Row }[] };
}

/** A session of a Flink SQL Gateway. */
export class FlinkSession {
  readonly #gateway: string;
  readonly #session: string;

  private constructor(gateway: string, session: string) {
    this.#gateway = gateway;
    this.#session = session;
  }

  /** One task for each step, UTC: so that results don't depend on how partitions are interleaved. */
  static async open(gateway: string): Promise<FlinkSession> {
    const properties = { 'table.local-time-zone': 'UTC', 'parallelism.default': '1' };
    const { sessionHandle } = await request<{ sessionHandle: string }>(`${gateway}/v1/sessions`, {
      properties,
    });
    return new FlinkSession(gateway, sessionHandle);
  }

  /** Runs a statement to its end; gives all rows. */
  async execute(statement: string): Promise<Row[]> {
    const at = `/v1/sessions/${this.#session}`;
    const { operationHandle } = await request<{ operationHandle: string }>(
      `${this.#gateway}${at}/statements`,
      { statement },
    );
    const rows: Row[] = [];
    let next: string | undefined = `${at}/operations/${operationHandle}/result/0?rowFormat=JSON`;
    while (next !== undefined) {
      const page: Page = await request<Page>(this.#gateway + next);
      if (page.resultType === 'NOT_READY') await systemClock.sleep(50);
      else {
        for (const { fields } of page.results?.data ?? []) rows.push(fields);
        next = page.resultType === 'EOS' ? undefined : page.nextResultUri;
      }
    }
    return rows;
  }
}

async function request<Answer>(url: string, body?: object): Promise<Answer> {
  const post = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  const response = await fetch(url, body === undefined ? {} : post);
  const text = await response.text();
  if (!response.ok) throw new Error(`Flink: ${text.slice(0, 2000)}`);
  return JSON.parse(text) as Answer;
}

/** A SQL Gateway: that of the environment (`FLINK_SQL_GATEWAY`), or one of our own. `down` stops what was started. */
export async function startFlink(): Promise<{ gateway: string; down(): Promise<void> }> {
  const { FLINK_SQL_GATEWAY: given } = process.env;
  if (given) return { gateway: given, down: async () => {} };
  const port = await freePort();
  const dir = await mkdtemp(join(tmpdir(), 'sluice-test-flink-'));
  const env = {
    ...process.env,
    SERVERS_DIR: dir,
    SERVERS_OWNER: String(process.pid),
    FLINK_PORT: String(port),
  };
  const run = (verb: string) =>
    promisify(execFile)('bash', [join(import.meta.dirname, 'servers'), verb, 'flink'], { env });
  await run('up');
  return { gateway: `http://127.0.0.1:${port}`, down: async () => void (await run('down')) };
}
