import type { ChalkInstance } from 'chalk';
import stringWidth from 'string-width';
import type { JobStatus } from '../../metrics/snapshot.ts';
import { duration } from '../format.ts';
import type { Palette } from '../palette.ts';
import { cut, displayable } from '../text.ts';
import type { View } from './view.ts';

/** The job, how it is, what it promises, and for how long it runs; below it why it waits, if it does. */
export function header({ snapshot, layout, palette }: View): string[] {
  const status = `● ${snapshot.status}`;
  const whole = `${snapshot.guarantee}  ${duration(snapshot.uptimeMs)}`;
  const job = displayable(snapshot.job);
  const isRoomy = stringWidth(`${job}  ${status}  ${whole}`) <= layout.width;
  const right = isRoomy ? whole : duration(snapshot.uptimeMs);
  const name = cut(job, Math.max(1, layout.width - stringWidth(`  ${status}  ${right}`)));
  const fill = ' '.repeat(Math.max(2, layout.width - stringWidth(`${name}  ${status}${right}`)));
  const color = statusColor(snapshot.status, palette);
  const lines = [`${palette.strong(name)}  ${color(status)}${fill}${palette.quiet(right)}`];
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
