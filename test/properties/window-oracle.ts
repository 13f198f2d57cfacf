/**
 * What windows mean, by definition and without regard for speed: every list is searched from one end to the other.
 * Nothing here is shared with the operator.
 */

export interface Item {
  readonly key: string | null;
  readonly time: number;
  readonly value: number;
}

/** What happens to the operator: an event, or the watermark moves. */
export type Happening = { readonly item: Item } | { readonly watermark: number };

export interface Rules {
  readonly lateness: number;
  /** Results with less events than this are not wanted. */
  readonly least: number;
}

export interface Row {
  readonly key: string | null;
  readonly start: number;
  readonly end: number;
  readonly values: readonly number[];
  readonly change: 'upsert' | 'delete';
  readonly final: boolean;
}

export interface Outcome {
  readonly rows: Row[];
  readonly late: Item[];
  partlyLate: number;
}

/** The happenings that a stream makes of these items, with the watermark `delay` behind the newest. */
export function happenings(items: readonly Item[], delay: number): Happening[] {
  const all: Happening[] = [];
  let newest = Number.NEGATIVE_INFINITY;
  for (const item of items) {
    all.push({ item });
    if (item.time > newest) {
      newest = item.time;
      all.push({ watermark: newest - delay - 1 });
    }
  }
  return [...all, { watermark: Number.POSITIVE_INFINITY }];
}

export interface Aligned extends Rules {
  readonly size: number;
  readonly every: number;
  readonly offset: number;
}

interface Window {
  readonly key: string | null;
  readonly start: number;
  readonly end: number;
  readonly items: Item[];
  shown: boolean;
}

export function alignedWindows(all: readonly Happening[], rules: Aligned): Outcome {
  const { size, lateness } = rules;
  const outcome: Outcome = { rows: [], late: [], partlyLate: 0 };
  /** All that are open. */
  let windows: Window[] = [];
  /** The keys in the order in which they came; one leaves when none of its windows is open. */
  let arrived: (string | null)[] = [];
  let watermark = Number.NEGATIVE_INFINITY;

  const isOpen = (end: number) => watermark < end - 1 + lateness;
  const fire = (window: Window, final: boolean) => {
    const { key, start, end, items } = window;
    const row = { key, start, end, values: items.map(({ value }) => value) };
    if (items.length >= rules.least) outcome.rows.push({ ...row, change: 'upsert', final });
    else if (window.shown) outcome.rows.push({ ...row, change: 'delete', final: true });
    window.shown = items.length >= rules.least;
  };

  for (const happening of all) {
    if ('item' in happening) {
      const { item } = happening;
      const starts = startsOf(item.time, rules);
      const open = starts.filter((start) => isOpen(start + size));
      if (open.length === 0) {
        outcome.late.push(item);
        continue;
      }
      if (open.length < starts.length) outcome.partlyLate++;
      if (!arrived.includes(item.key)) arrived.push(item.key);
      const holding = open.map((start) => {
        const known = windows.find((one) => one.start === start && one.key === item.key);
        const window = known ?? { key: item.key, start, end: start + size, items: [], shown: false };
        if (known === undefined) windows.push(window);
        window.items.push(item);
        return window;
      });
      for (const window of holding) if (window.end - 1 <= watermark) fire(window, false);
      continue;
    }
    const before = watermark;
    watermark = happening.watermark;
    const due = windows.filter(({ end }) => end - 1 <= watermark);
    due.sort((one, other) => one.end - other.end || arrived.indexOf(one.key) - arrived.indexOf(other.key));
    for (const window of due) {
      if (!isOpen(window.end)) fire(window, true);
      else if (before < window.end - 1) fire(window, false);
    }
    windows = windows.filter(({ end }) => isOpen(end));
    arrived = arrived.filter((key) => windows.some((window) => window.key === key));
  }
  return outcome;
}

/** The starts of all windows that hold this time, in their order. */
function startsOf(time: number, { size, every, offset }: Aligned): number[] {
  const starts: number[] = [];
  const remainder = (((time - offset) % every) + every) % every;
  for (let start = time - remainder; start > time - size; start -= every) starts.unshift(start);
  return starts;
}

export interface Gaps extends Rules {
  readonly gap: number;
}

interface Session {
  readonly key: string | null;
  readonly items: Item[];
  readonly began: number;
  /** The end for which it fired last. */
  firedEnd: number;
  /** The start of the row that readers hold. */
  shownStart: number | null;
}

export function sessionWindows(all: readonly Happening[], rules: Gaps): Outcome {
  const { gap, lateness, least } = rules;
  const outcome: Outcome = { rows: [], late: [], partlyLate: 0 };
  let sessions: Session[] = [];
  let begun = 0;
  let watermark = Number.NEGATIVE_INFINITY;

  const startOf = ({ items }: Session) => Math.min(...items.map(({ time }) => time));
  const endOf = ({ items }: Session) => Math.max(...items.map(({ time }) => time)) + gap;
  const rowOf = (session: Session) => ({
    key: session.key,
    start: startOf(session),
    end: endOf(session),
    values: session.items.map(({ value }) => value),
  });
  const takeBack = (session: Session) => {
    if (session.shownStart !== null) outcome.rows.push({ ...rowOf(session), change: 'delete', final: true });
    session.shownStart = null;
  };
  const fire = (session: Session, final: boolean) => {
    session.firedEnd = endOf(session);
    if (session.items.length < least) return takeBack(session);
    outcome.rows.push({ ...rowOf(session), change: 'upsert', final });
    session.shownStart = startOf(session);
  };

  for (const happening of all) {
    if ('item' in happening) {
      const { item } = happening;
      const near = sessions
        .filter(
          (one) => one.key === item.key && one.items.some((its) => Math.abs(its.time - item.time) <= gap),
        )
        .sort((one, other) => startOf(one) - startOf(other));
      const end = Math.max(item.time + gap, ...near.map(endOf));
      if (end - 1 + lateness <= watermark) {
        outcome.late.push(item);
        continue;
      }
      if (near.length > 0 && item.time < startOf(near[0]!)) takeBack(near[0]!);
      for (const other of near.slice(1)) takeBack(other);
      const joined: Session = {
        key: item.key,
        items: [...near.flatMap((one) => one.items), item],
        began: near[0]?.began ?? begun++,
        firedEnd: near[0]?.firedEnd ?? Number.NaN,
        shownStart: near[0]?.shownStart ?? null,
      };
      sessions = [...sessions.filter((one) => !near.includes(one)), joined];
      if (end <= watermark) fire(joined, false);
      continue;
    }
    watermark = happening.watermark;
    const due = sessions.filter((session) => endOf(session) <= watermark);
    due.sort((one, other) => endOf(one) - endOf(other) || one.began - other.began);
    for (const session of due) {
      if (endOf(session) + lateness <= watermark) {
        sessions = sessions.filter((one) => one !== session);
        fire(session, true);
      } else if (session.firedEnd !== endOf(session)) fire(session, false);
    }
  }
  return outcome;
}
