import { WriteStream } from 'node:tty';
import { Chalk, type ChalkInstance } from 'chalk';

/**
 * What colours mean here. Only the terminal's own first colours, weight and dimness are used, so that each theme,
 * light or dark, shows them as its owner chose; and what a colour says is also said in words.
 */
export interface Palette {
  readonly strong: ChalkInstance;
  readonly quiet: ChalkInstance;
  readonly accent: ChalkInstance;
  readonly good: ChalkInstance;
  readonly warning: ChalkInstance;
  readonly bad: ChalkInstance;
}

export function createPalette(colors: boolean): Palette {
  const chalk = new Chalk({ level: colors ? 1 : 0 });
  return {
    strong: chalk.bold,
    quiet: chalk.dim,
    accent: chalk.cyan,
    good: chalk.green,
    warning: chalk.yellow,
    bad: chalk.red,
  };
}

/**
 * Whether the stream takes colours: a terminal that has them, unless `NO_COLOR` or `TERM=dumb` says no;
 * `FORCE_COLOR` overrules all, also where there is no terminal, and `FORCE_COLOR=0` means none.
 */
export function takesColors(stream: { isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean {
  if (environment.FORCE_COLOR === undefined) {
    if (stream.isTTY !== true || environment.NO_COLOR) return false;
  }
  return WriteStream.prototype.getColorDepth(environment) > 1;
}
