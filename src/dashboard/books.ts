import type { NodeSnapshot } from '../metrics/snapshot.ts';

/** Where the events that came into a node went; the parts add up to `total` exactly. */
export interface Books {
  readonly verb: 'read' | 'in';
  readonly total: number;
  readonly parts: readonly { readonly name: string; readonly count: number }[];
}

/**
 * A source's: read = emitted + dropped + dead letters. An operator passes on, or absorbs into its state, what it
 * does not account for otherwise. What no count explains is `unfinished`: in a queue or on its way when the job
 * stopped, or, below zero, an error in the counts.
 */
export function booksOf(node: NodeSnapshot): Books {
  const lost = [
    { name: 'filtered', count: node.filtered },
    { name: 'late', count: node.late },
    { name: 'skipped', count: node.skipped },
  ];
  const deadLetters = { name: 'dead letters', count: node.deadLetters };
  const losses = node.filtered + node.late + node.skipped + node.deadLetters + node.dropped;
  if (node.kind === 'operator') {
    const passedOn = { name: 'passed on', count: node.in - losses };
    return { verb: 'in', total: node.in, parts: [passedOn, ...nonZero(lost), ...nonZero([deadLetters])] };
  }
  const unfinished = { name: 'unfinished', count: node.in - node.out - losses };
  if (node.kind === 'source') {
    const kept = [
      { name: 'emitted', count: node.out },
      { name: 'dropped', count: node.dropped },
      deadLetters,
    ];
    return { verb: 'read', total: node.in, parts: [...kept, ...nonZero([...lost, unfinished])] };
  }
  const written = { name: 'written', count: node.out };
  return { verb: 'in', total: node.in, parts: [written, deadLetters, ...nonZero([...lost, unfinished])] };
}

function nonZero<Part extends { count: number }>(parts: readonly Part[]): Part[] {
  return parts.filter((part) => part.count !== 0);
}
