import type { Snapshot } from '../../src/metrics/snapshot.ts';

const names = [
  '\u001b[31mred\u001b[2J\u0007',
  '用户行为事件流处理作业的来源节点名称',
  '👩‍👩‍👧‍👦家族 🇩🇪 ❤️ 👍🏽',
  'a\nb\tc\u009b5A',
  '\u202egnp.exe\u2066',
];

/** The same job with names and messages that try to break the screen. */
export function hostile(snapshot: Snapshot): Snapshot {
  return {
    ...snapshot,
    job: `${names[2]} ${names[0]}`,
    detail: `waiting for ${names.join(' ')}`,
    nodes: snapshot.nodes.map((node, index) => ({ ...node, name: names[index % names.length] ?? '' })),
    partitions: snapshot.partitions.map((partition) => ({ ...partition, source: names[1] ?? '' })),
    errors: names.map((name) => ({ at: 0, node: name, message: `decode: ${name.repeat(9)}` })),
  };
}
