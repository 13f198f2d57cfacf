import { Presets, SingleBar } from 'cli-progress';

const LONGEST_BAR = 40;
const SHORTEST_BAR = 10;
const LONGEST = { percentage: '100', eta_formatted: '00h00m' };

interface ProgressBarOptions {
  /** What names in the wordings stand for at the most. */
  readonly longest: Readonly<Record<string, string>>;
  readonly clearOnComplete?: boolean;
}

/**
 * A bar in one line of a terminal. Of the wordings, with `{bar}` and other names in braces, the first that leaves room
 * for a bar is taken, else the last.
 */
export function progressBar(
  stream: NodeJS.WriteStream,
  wordings: readonly string[],
  { longest, clearOnComplete = false }: ProgressBarOptions,
): SingleBar {
  const texts: Readonly<Record<string, string>> = { ...LONGEST, ...longest, bar: '' };
  const roomBeside = (wording: string) =>
    stream.columns - 1 - wording.replace(/{(\w+)}/g, (_, name: string) => texts[name] ?? '').length;
  const format = wordings.find((each) => roomBeside(each) >= SHORTEST_BAR) ?? wordings.at(-1)!;
  const barsize = Math.max(0, Math.min(LONGEST_BAR, roomBeside(format)));
  // The cursor and the wrapping of lines stay as they are: Ctrl-Z would leave the shell without them.
  const untouched = { hideCursor: false, linewrap: true };
  return new SingleBar({ stream, format, barsize, clearOnComplete, ...untouched }, Presets.shades_classic);
}
