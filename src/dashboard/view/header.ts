import type { ChalkInstance } from 'chalk';
import stringWidth from 'string-width';
import type { JobStatus } from '../../metrics/snapshot.ts';
import { duration } from '../format.ts';
import type { Palette } from '../palette.ts';
import { cut, displayable } from '../text.ts';
import type { View } from './view.ts';

/** The job, how it is, and for how long; below it why it waits, if it does. */
export function header({ snapshot, layout, palette }: View): string[] {
  const status = `● ${snapshot.status}`;
  const uptime = duration(snapshot.uptimeMs);
  const room = layout.width - stringWidth(`  ${status}  ${uptime}`);
  const job = cut(displayable(snapshot.job), Math.max(1, room));
  const fill = ' '.repeat(Math.max(2, layout.width - stringWidth(`${job}  ${status}${uptime}`)));
  const color = statusColor(snapshot.status, palette);
  const lines = [`${palette.strong(job)}  ${color(status)}${fill}${palette.quiet(uptime)}`];
  if (layout.detail) lines.push(color(cut(displayable(snapshot.detail ?? ''), layout.width)));
  return lines;
}

function statusColor(status: JobStatus, palette: Palette): ChalkInstance {
  switch (status) {
    case 'running':
    case 'finished':
    case 'drained':
      return palette.good;
    case 'starting':
    case 'draining':
      return palette.accent;
    case 'waiting':
    case 'paused':
      return palette.warning;
    case 'failed':
      return palette.bad;
  }
}

/** What the keys do now. */
export function hint({ snapshot, layout, palette }: View): string[] {
  const draining = snapshot.status === 'draining';
  const text = draining
    ? 'draining what was read; Ctrl-C again stops at once'
    : 'Ctrl-C drains and stops, Ctrl-C again stops at once';
  return [palette.quiet(cut(text, layout.width))];
}
