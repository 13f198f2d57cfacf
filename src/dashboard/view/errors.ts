import stringWidth from 'string-width';
import type { Snapshot } from '../../metrics/snapshot.ts';
import { duration } from '../format.ts';
import { column, cut, displayable, wrapped } from '../text.ts';
import type { View } from './view.ts';

const AGE = 10;
const WIDEST_NODE = 16;

/** The newest errors, newest last: how long ago, where, what; on a page of their own in full. */
export function errors(view: View): string[] {
  const { snapshot, layout, palette, page } = view;
  if (page === 'errors' && snapshot.errors.length === 0)
    return [palette.quiet(cut('no errors', layout.width))];
  if (layout.errors === 0) return [];
  const lines = snapshot.errors.slice(-layout.errors).flatMap((error) => errorLines(error, view));
  return [palette.quiet(cut('last errors', layout.width)), ...lines.slice(-layout.errors)];
}

function errorLines(
  error: Snapshot['errors'][number],
  { snapshot, layout, palette, page, now }: View,
): string[] {
  const names = snapshot.errors.map(({ node }) => stringWidth(displayable(node)));
  const nodeWidth = Math.min(WIDEST_NODE, Math.max(...names));
  const age = palette.quiet(column(`${duration(now - error.at)} ago`, AGE, 'left'));
  const node = column(displayable(error.node), nodeWidth, 'left');
  const room = Math.max(0, layout.width - AGE - nodeWidth - 4);
  const message = displayable(error.message);
  const shown = page === 'errors' ? wrapped(message, room) : [cut(message, room)];
  return shown.map((part, index) =>
    index === 0
      ? `${age}  ${node}  ${palette.bad(part)}`
      : `${' '.repeat(AGE + nodeWidth + 4)}${palette.bad(part)}`,
  );
}

/** The newest notices of the job (a reconnect, backpressure), as they came. */
export function notices({ notices, layout }: View): string[] {
  if (layout.notices === 0) return [];
  return notices.slice(-layout.notices).map((line) => cut(displayable(line), layout.width));
}
