import { column, cut, fitting } from '../text.ts';
import type { View } from './view.ts';

const KEY = 8;

/** What the keys do now, in one line. */
export function hint({ snapshot, layout, palette, keys }: View): string[] {
  if (!layout.hint) return [];
  if (snapshot.status === 'draining')
    return [palette.quiet(cut('draining what was read; Ctrl-C again stops at once', layout.width))];
  if (keys === null) {
    return [palette.quiet(cut('Ctrl-C drains and stops, Ctrl-C again stops at once', layout.width))];
  }
  const pause = keys.pause === undefined ? '' : `p ${pausing(snapshot.status)}   `;
  const line = fitting(
    layout.width,
    `${pause}tab next view   ? help   q ${keys.quitting}`,
    `${pause}tab view   ? help   q quit`,
    '? help',
  );
  return [palette.quiet(line)];
}

/** What each key does, and what the figures mean. */
export function help({ snapshot, layout, palette, keys, page }: View): string[] {
  if (page !== 'help') return [];
  const ofKeys: [string, string][] = [
    ...(keys?.pause === undefined ? [] : [['p', `${pausing(snapshot.status)} reading`] as [string, string]]),
    ['tab', 'the next view: overview, nodes, partitions, messages'],
    ['?', 'this help, and back'],
    ['q', keys?.quitting ?? 'quit'],
    ['Ctrl-C', keys?.pause === undefined ? 'quit' : 'drain and quit; a second one stops at once'],
  ];
  const ofFigures: [string, string][] = [
    ['p95', 'from read at the source to acknowledged by the sink'],
    ['queue', 'events read and not yet processed; rows not yet acknowledged'],
    ['lag', 'records in the source behind the last one read'],
    ['behind', 'the watermark behind the newest event time'],
    ['errors', 'dead letters and skipped events'],
    ['alerts', 'what the detectors have found'],
    ['keys', 'keys that a node holds in state'],
  ];
  return [...ofKeys, ['', ''], ...ofFigures]
    .slice(0, layout.help)
    .map(([key = '', what = '']) =>
      key === ''
        ? ' '
        : palette.strong(column(key, KEY, 'left')) + cut(what, Math.max(0, layout.width - KEY)),
    );
}

function pausing(status: string): string {
  return status === 'paused' ? 'go on' : 'pause';
}
