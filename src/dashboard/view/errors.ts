import stringWidth from 'string-width';
import { duration } from '../format.ts';
import { column, cut, displayable } from '../text.ts';
import type { View } from './view.ts';

const AGE = 10;
const WIDEST_NODE = 16;

/** The newest errors, newest last: how long ago, where, what. */
export function errors({ snapshot, layout, palette, now }: View): string[] {
  if (layout.errors === 0) return [];
  const newest = snapshot.errors.slice(-layout.errors).map((error) => ({
    age: `${duration(now - error.at)} ago`,
    node: displayable(error.node),
    message: displayable(error.message),
  }));
  const nodeWidth = Math.min(WIDEST_NODE, Math.max(...newest.map((error) => stringWidth(error.node))));
  const room = Math.max(0, layout.width - AGE - nodeWidth - 4);
  return [
    palette.quiet(cut('last errors', layout.width)),
    ...newest.map(
      ({ age, node, message }) =>
        `${palette.quiet(column(age, AGE, 'left'))}  ${column(node, nodeWidth, 'left')}  ${palette.bad(cut(message, room))}`,
    ),
  ];
}

/** The newest notices of the job (a reconnect, backpressure), as they came. */
export function notices({ notices, layout }: View): string[] {
  if (layout.notices === 0) return [];
  return notices.slice(-layout.notices).map((line) => cut(displayable(line), layout.width));
}
