import type { ChalkInstance } from 'chalk';
import stringWidth from 'string-width';
import type { Snapshot } from '../../metrics/snapshot.ts';
import { compact, duration } from '../format.ts';
import { column, cut, displayable, wrapped } from '../text.ts';
import type { View } from './view.ts';

const AGE = 10;
const WIDEST_NODE = 16;

type Entry = Snapshot['alerts'][number] & { readonly count?: number };

/** The newest errors, newest last: how long ago, where, how many alike, what; on a page of their own in full. */
export function errors(view: View): string[] {
  const { snapshot, layout, palette } = view;
  return part('errors', snapshot.errors, { room: layout.errors, color: palette.bad }, view);
}

/** The newest alerts of detectors, in the same way. */
export function alerts(view: View): string[] {
  const { snapshot, layout, palette } = view;
  return part('alerts', snapshot.alerts, { room: layout.alerts, color: palette.warning }, view);
}

function part(
  what: string,
  entries: readonly Entry[],
  { room, color }: { room: number; color: ChalkInstance },
  { layout, palette, page, now }: View,
): string[] {
  if (room === 0) return [];
  if (entries.length === 0) return [palette.quiet(cut(`no ${what}`, layout.width))];
  const shown = page === 'errors' ? entries : entries.slice(-room);
  const nodeWidth = Math.min(
    WIDEST_NODE,
    Math.max(...shown.map(({ node }) => stringWidth(displayable(node)))),
  );
  const messageWidth = Math.max(0, layout.width - AGE - nodeWidth - 4);
  const lines = shown.flatMap(({ at, node, message, count = 1 }) => {
    const head = `${palette.quiet(column(`${duration(now - at)} ago`, AGE, 'left'))}  ${column(displayable(node), nodeWidth, 'left')}`;
    const text = (count > 1 ? `×${compact(count)} ` : '') + displayable(message);
    const parts = page === 'errors' ? wrapped(text, messageWidth) : [cut(text, messageWidth)];
    return parts.map(
      (one, index) => `${index === 0 ? head : ' '.repeat(AGE + nodeWidth + 2)}  ${color(one)}`,
    );
  });
  return [palette.quiet(cut(`last ${what}`, layout.width)), ...lines.slice(-room)];
}

/** The newest notices of the job (a reconnect, backpressure), as they came. */
export function notices({ notices, layout }: View): string[] {
  if (layout.notices === 0) return [];
  return notices.slice(-layout.notices).map((line) => cut(displayable(line), layout.width));
}
