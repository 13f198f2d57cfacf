/**
 * What joins mean, by definition and without regard for speed: all pairs are looked at. Nothing here is shared with the
 * operator.
 */

export interface Item {
  /** The input that it comes in by. */
  readonly port: number;
  readonly key: string | null;
  readonly time: number;
  /** Tells it from all others. */
  readonly n: number;
}

export type Type = 'inner' | 'left' | 'right' | 'full';

/** A result: what came from each input, null where nothing did. */
export interface Row {
  readonly from: readonly (Item | null)[];
  readonly time: number;
}

export interface Rules {
  readonly inputs: number;
  readonly type: Type;
  /** Whether two times are near enough. */
  near(one: number, other: number): boolean;
  /** Whether at this watermark something that one of this time could meet is not waited with any more. */
  isOver(time: number, watermark: number): boolean;
  /** How far a step holds its output's watermark back. */
  readonly hold: number;
  readonly condition?: (left: Row, right: Item) => boolean;
}

/** Each item with the watermark before it; the watermark is the least over all inputs, `delay` behind each one's newest. */
function judged(items: readonly Item[], inputs: number, delay: number) {
  const newest = Array.from({ length: inputs }, () => Number.NEGATIVE_INFINITY);
  return items.map((item) => {
    const watermark = Math.min(...newest) - delay - 1;
    newest[item.port] = Math.max(newest[item.port]!, item.time);
    return { item, watermark };
  });
}

/** All that meets, and all that meets none, joined from left to right. */
export function joined(items: readonly Item[], delay: number, rules: Rules): { rows: Row[]; late: Item[] } {
  const { inputs, type, hold, isOver } = rules;
  const all = judged(items, inputs, delay);
  const isLate = ({ item, watermark }: (typeof all)[number]) =>
    isOver(item.time, watermark - hold * Math.max(0, item.port - 1));
  const late = all.filter(isLate).map(({ item }) => item);
  const good = items.filter((item) => !late.includes(item));
  let rows: Row[] = good.filter(({ port }) => port === 0).map((item) => ({ from: [item], time: item.time }));
  for (let port = 1; port < inputs; port++) {
    const others = good.filter((item) => item.port === port);
    const meets = (row: Row, item: Item) =>
      row.from.some((each) => each !== null && each.key !== null && each.key === item.key) &&
      rules.near(row.time, item.time) &&
      (rules.condition?.(row, item) ?? true);
    const met = rows.flatMap((row) =>
      others
        .filter((item) => meets(row, item))
        .map((item) => ({ from: [...row.from, item], time: Math.max(row.time, item.time) })),
    );
    const lonely = rows.filter((row) => !others.some((item) => meets(row, item)));
    const lonelyOthers = others.filter((item) => !rows.some((row) => meets(row, item)));
    const none = Array.from({ length: port }, () => null);
    rows = [
      ...met,
      ...(type === 'left' || type === 'full' ? lonely : []).map(({ from, time }) => ({
        from: [...from, null],
        time,
      })),
      ...(type === 'right' || type === 'full' ? lonelyOthers : []).map((item) => ({
        from: [...none, item],
        time: item.time,
      })),
    ];
  }
  return { rows, late };
}

/** For each row on the left, of each input the newest row that was there by its time, and is no older than `ttl`. */
export function asOf(
  items: readonly Item[],
  delay: number,
  { inputs, type, ttl }: { readonly inputs: number; readonly type: 'inner' | 'left'; readonly ttl: number },
): { rows: Row[]; late: Item[] } {
  const all = judged(items, inputs, delay);
  const late = all.filter(({ item, watermark }) =>
    item.port === 0 ? item.time <= watermark : item.time + ttl <= watermark,
  );
  // A row on the left is looked at when the watermark has come to its time: what comes after that is not known yet.
  const decided = (left: Item) => {
    const index = all.findIndex(({ watermark }) => watermark >= left.time);
    return index < 0 ? all.length : index;
  };
  const newest = (left: Item, input: number): Item | null => {
    const found = all
      .slice(0, decided(left))
      .map(({ item }) => item)
      .filter(
        ({ port, key, time }) => port === input && key !== null && key === left.key && time <= left.time,
      )
      .reduce<Item | null>((best, item) => (best !== null && best.time > item.time ? best : item), null);
    return found !== null && left.time - found.time <= ttl ? found : null;
  };
  const rows = items.flatMap((left): Row[] => {
    if (left.port !== 0 || late.some(({ item }) => item === left)) return [];
    const others = Array.from({ length: inputs - 1 }, (_, index) => newest(left, index + 1));
    return type === 'inner' && others.includes(null) ? [] : [{ from: [left, ...others], time: left.time }];
  });
  return { rows, late: late.map(({ item }) => item) };
}
