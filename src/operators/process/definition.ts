import { defineOperator } from '../../component/define.ts';
import { KeyTable } from '../detect/key-table.ts';
import { fieldsOfKey, Key } from '../window/keys.ts';
import { copyOfProcess, type ProcessState } from './call.ts';
import { Keys } from './keys.ts';
import { isAsync, loadModule } from './module.ts';
import { Process } from './operator.ts';
import { processOptions } from './options.ts';
import { WaitingProcess } from './waiting.ts';

export const processOperator = defineOperator({
  kind: 'operator',
  type: 'process',
  summary:
    "calls a module's process(key, event, state, ctx), with state of each key and timers in event time",
  options: processOptions,
  examples: ['{ type: process, key: user_id, module: ./sessions.ts }'],
  ports: [],
  absorbs: true,
  reads: (_options, { key, from }) => from.map(() => fieldsOfKey(key)),
  needsTime: false,
  timedOption: ({ ttl }) => (ttl === undefined ? undefined : ['ttl']),
  keepsState: () => true,
  deterministic: ({ pure }) => pure || 'a module may do anything (pure: true says it does not)',
  build: async ({ module: file, ttl = Number.POSITIVE_INFINITY }, { name, key, state }) => {
    const states = state<ProcessState>('keys', { clone: copyOfProcess });
    const table = new KeyTable<ProcessState>(new Key(key, `${name}.key`), states, (common) => ({
      ...common,
      values: {},
      timers: [],
      seenAt: null,
    }));
    const module = await loadModule(file);
    const parts = { node: name, file, module, keys: new Keys({ file, module, table, ttl }) };
    return isAsync(module) ? new WaitingProcess(parts) : new Process(parts);
  },
});
