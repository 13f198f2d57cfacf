import { type KafkaEndpoint, withAdmin } from '../../clients/kafka/connect.ts';
import type { Millis } from '../../clock.ts';
import type { SourceHost } from '../../component/source.ts';
import { ExitCode, SpecError } from '../../errors.ts';

const ADMIN_DEADLINE: Millis = 5000;
/** Sessions after which a member that was killed is certainly given up. */
const SESSIONS = 2;

/** Another member of the group reads what the job has to read: what that one takes, the job would never see. */
class GroupNotOwnedError extends SpecError {
  override readonly exitCode: ExitCode = ExitCode.failure;
}

interface Member {
  readonly memberId: string;
  readonly clientId: string;
  readonly clientHost: string;
}

/**
 * Sees to it that the job is alone in its consumer group, as its positions are in its own checkpoints. A member with
 * the job's client id is an earlier run that was killed, as long as the group may not have noticed yet.
 */
export class Ownership {
  readonly #group: string;
  readonly #grace: Millis;
  #host!: SourceHost;
  #endpoint!: KafkaEndpoint;
  #watching = new AbortController();

  constructor(group: string, sessionTimeout: Millis) {
    this.#group = group;
    this.#grace = SESSIONS * sessionTimeout;
  }

  open(host: SourceHost, endpoint: KafkaEndpoint): void {
    this.#host = host;
    this.#endpoint = endpoint;
  }

  close(): void {
    this.#watching.abort();
  }

  /** Throws if another member is there; `memberId` is our own, once there is one. */
  async check(memberId?: string): Promise<void> {
    this.#watching.abort();
    const watching = new AbortController();
    this.#watching = watching;
    const others = await this.#others(memberId);
    const stranger = others.find(({ clientId }) => clientId !== this.#endpoint.clientId);
    if (stranger !== undefined) throw this.#notAlone(stranger);
    if (others.length > 0 && memberId !== undefined) void this.#lookAgain(memberId, watching.signal);
  }

  async #lookAgain(memberId: string, signal: AbortSignal): Promise<void> {
    await this.#host.clock.sleep(this.#grace, signal);
    if (signal.aborted) return;
    // A server that does not answer ends the membership, and the next one begins with a check.
    const [other] = await this.#others(memberId).catch(() => []);
    if (other !== undefined && !signal.aborted) this.#host.fail(this.#notAlone(other));
  }

  async #others(memberId: string | undefined): Promise<readonly Member[]> {
    const { groups } = await withAdmin(this.#endpoint, ADMIN_DEADLINE, (admin) =>
      admin.describeGroups([this.#group]),
    );
    return groups.flatMap(({ members }) => members).filter((member) => member.memberId !== memberId);
  }

  #notAlone({ clientId, clientHost }: Member): GroupNotOwnedError {
    const host = clientHost.replace(/^\//, '');
    return new GroupNotOwnedError(
      `group ${this.#group} has another member, ${clientId} on ${host}, which would take partitions away from this job`,
      {
        place: `sources.${this.#host.name}`,
        hint: 'stop that one, or read as another group; to split the partitions between processes, --share the group',
      },
    );
  }
}
