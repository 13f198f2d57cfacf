import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
  throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

const { prototype } = createRequire(import.meta.url)('kafkajs/src/network/requestQueue/index.js') as {
  readonly prototype: RequestQueue;
};
const schedule = prototype.scheduleCheckPendingRequests;

/**
 * kafkajs sets a timer after every answer, also with nothing pending; its delay is then `throttledUntil - now`, which
 * is negative unless a broker throttles, and Node 24 warns of that. With nothing pending there is nothing to check:
 * `push` schedules again. https://github.com/tulios/kafkajs/issues/1751
 */
export function checkPendingRequestsOnly(): void {
  prototype.scheduleCheckPendingRequests = function (this: RequestQueue) {
    if (this.pending.length > 0) schedule.call(this);
  };
}
