import type { NodeSnapshot } from '../metrics/snapshot.ts';

/** Where the events that came into a node went; the parts add up to `total` and `made` exactly. */
export interface Books {
  readonly verb: 'read' | 'in';
  readonly total: number;
  /** Events that the node made in addition, of one several. */
  readonly made: number;
  readonly parts: readonly Part[];
  /** How many results left a node that absorbs events into its state; null for one that passes events on. */
  readonly results: number | null;
}

interface Part {
  readonly name: string;
  readonly count: number;
}

/**
 * A source's: read = emitted + dropped + dead letters. An operator passes on what it does not account for otherwise;
 * one that makes results absorbs it into its state, and how much is told by nothing else. `failed` ended the job. What
 * no count explains is `unfinished`: in a queue or on its way when the job stopped, or, below zero, an error in the
 * counts.
 */
export function booksOf(node: NodeSnapshot): Books {
  const others: Part[] = [
    { name: 'dropped', count: node.dropped },
    { name: 'dead letters', count: node.deadLetters },
    { name: node.absorbs ? 'absorbed' : 'filtered', count: node.filtered },
    { name: 'late', count: node.late },
    { name: 'skipped', count: node.skipped },
    { name: 'failed', count: node.failed },
  ];
  const left = node.in + node.made - others.reduce((sum, part) => sum + part.count, 0);
  if (node.makesResults) return books('in', node, [{ name: 'absorbed', count: left }, ...others], 1);
  const out = { name: nameOfOut(node), count: node.out };
  const unfinished = { name: 'unfinished', count: left - node.out };
  return node.kind === 'source'
    ? books('read', node, [out, ...others, unfinished], 3)
    : books('in', node, [out, ...others, unfinished], 1);
}

function nameOfOut({ kind, absorbs }: NodeSnapshot): string {
  if (kind === 'source') return 'emitted';
  if (kind === 'sink') return 'written';
  return absorbs ? 'results' : 'passed on';
}

/** The first `always` parts are shown even if they are nothing. */
function books(verb: Books['verb'], node: NodeSnapshot, parts: readonly Part[], always: number): Books {
  const shown = parts.filter((part, index) => index < always || part.count !== 0);
  const results = node.makesResults ? node.out : null;
  return { verb, total: node.in, made: node.made, parts: shown, results };
}
