import stringWidth from 'string-width';
import type { JobStatus, NodeSnapshot, Snapshot } from '../metrics/snapshot.ts';
import { booksOf } from './books.ts';
import { absentFields, allFailed, misspeltFields, reasons, unmetJoins } from './causes.ts';
import { bytes, duration, exact, latency, percent, plural, rate } from './format.ts';
import type { Palette } from './palette.ts';
import { overallThroughput } from './summary-json.ts';
import { column, displayable } from './text.ts';

export interface Ending {
  /** The command that resumes the job; null if there is nothing to resume. */
  readonly recover: string | null;
  /** Where the dead letters are kept, for a person, and the commands to look at them and to replay them. */
  readonly deadLetters: { readonly place: string; readonly commands: readonly string[] } | null;
  /** Whether the job ends by itself once too many events have failed. */
  readonly hasErrorBudget: boolean;
  /** Whether a source reads CSV without the types of its fields. */
  readonly readsUntyped: boolean;
  readonly palette: Palette;
}

const endings: Record<JobStatus, string> = {
  starting: 'stopped while starting',
  running: 'stopped',
  paused: 'stopped while paused',
  waiting: 'stopped while waiting',
  draining: 'stopped while draining',
  finished: 'finished',
  drained: 'drained and stopped',
  failed: 'failed',
};

/** What happened, in a few lines: events in and out, the books of each node, and what to do next. */
export function summary(snapshot: Snapshot, ending: Ending): string[] {
  return [
    headline(snapshot, ending.palette),
    ...figures(snapshot),
    ...books(snapshot),
    ...next(snapshot, ending),
  ];
}

/** How the job ended, and why. */
export function headline(snapshot: Snapshot, palette: Palette): string {
  const color = { finished: palette.good, drained: palette.good, failed: palette.bad }[
    snapshot.status as string
  ];
  const what = (color ?? palette.warning)(endings[snapshot.status]);
  const why = snapshot.detail === null ? '' : `: ${displayable(snapshot.detail)}`;
  return `${palette.strong(displayable(snapshot.job))} ${what} after ${duration(snapshot.uptimeMs)}${why}`;
}

function figures(snapshot: Snapshot): string[] {
  const { p50, p95, p99 } = snapshot.latency;
  const perSecond = rate(overallThroughput(snapshot));
  return [
    figure('events', `${exact(snapshot.read)} read (${perSecond}/s), ${exact(snapshot.written)} written`),
    figure('errors', errors(snapshot)),
    figure('latency', `p50 ${latency(p50)}, p95 ${latency(p95)}, p99 ${latency(p99)}`),
    figure('queue', `at most ${exact(snapshot.maxQueueDepth)} of ${exact(snapshot.queueThreshold)}`),
    figure('checkpoints', checkpoints(snapshot)),
  ];
}

function figure(label: string, text: string): string {
  return `  ${label.padEnd(11)}  ${text}`;
}

function errors({ deadLetters, skipped, errorRate }: Snapshot): string {
  if (deadLetters + skipped === 0) return 'none';
  const more = skipped === 0 ? '' : `, ${exact(skipped)} skipped`;
  return `${plural(deadLetters, 'dead letter')}${more} (${percent(errorRate)})`;
}

function checkpoints({ checkpoint }: Snapshot): string {
  if (checkpoint === null) return 'none';
  const { count, lastDurationMs, lastBytes } = checkpoint;
  const last = lastDurationMs === null ? '' : `, the last took ${latency(lastDurationMs)}`;
  return exact(count) + last + (lastBytes === null ? '' : ` (${bytes(lastBytes)})`);
}

function books(snapshot: Snapshot): string[] {
  const names = snapshot.nodes.map((node) => displayable(node.name));
  const width = Math.min(24, Math.max(0, ...names.map((name) => stringWidth(name))));
  return snapshot.nodes.map((node, index) => {
    const { verb, total, made, parts, results } = booksOf(node);
    const all = made === 0 ? exact(total) : `${exact(total)} + made ${exact(made)}`;
    const sum = parts.map(({ name, count }) => `${name} ${exact(count)}`).join(' + ');
    const out = results === null ? '' : ` → ${plural(results, 'result')}`;
    return `  ${column(names[index] ?? '', width, 'left')}  ${verb} ${all} = ${sum}${out}${partlyLate(node)}`;
  });
}

function partlyLate({ partlyLate: count }: NodeSnapshot): string {
  return count === 0 ? '' : `; ${exact(count)} too late for some of their windows`;
}

function next(snapshot: Snapshot, ending: Ending): string[] {
  const { recover, deadLetters, hasErrorBudget, readsUntyped, palette } = ending;
  const lines = [
    ...absentFields(snapshot),
    ...misspeltFields(snapshot),
    ...unmetJoins(snapshot),
    ...reasons(snapshot),
  ];
  if (readsUntyped && snapshot.reasons.some(({ code }) => code === 'type'))
    lines.push(
      `  CSV is read as text; say which fields are numbers: ${palette.accent("--types 'FIELD double'")}`,
    );
  if (snapshot.deadLetters > 0 && deadLetters !== null) {
    const commands = deadLetters.commands.map((command) => palette.accent(displayable(command))).join(' or ');
    lines.push(`  dead letters are in ${displayable(deadLetters.place)}${commands && `: ${commands}`}`);
  }
  if (allFailed(snapshot) && !hasErrorBudget)
    lines.push(`  no event came through; ${palette.accent('--max-errors 10%')} ends such a job, with code 4`);
  if (recover !== null) lines.push(`  resume it with ${palette.accent(displayable(recover))}`);
  return lines;
}

export function recoverCommand(job: string): string {
  return `sluice recover ${quoted(job)}`;
}

/** A name, quoted where a shell would take it apart. */
export function quoted(name: string): string {
  const plain = /^[\w.:@%+,/][\w.:@%+,/-]*$/.test(name);
  return plain ? name : `'${name.replaceAll("'", `'\\''`)}'`;
}
