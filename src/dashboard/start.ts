import type { Millis } from '../clock.ts';
import type { Dashboard, DashboardOptions } from './dashboard.ts';
import { History } from './history.ts';
import { JobControl } from './job-control.ts';
import { Keyboard } from './keyboard.ts';
import { createPalette } from './palette.ts';
import type { Scene, Screen } from './screen.tsx';
import { nextPage, type Page } from './view/page.ts';

/** Two frames a second: calm to look at, and cheap. */
const FRAME_PERIOD: Millis = 500;
const NOTICES_KEPT = 1000;

/**
 * Starts the live view. Nothing is loaded or drawn in the first third of a second, so a job that is done by then
 * never touches the screen. It does not keep the process alive, and when the terminal goes away it ends in silence.
 */
export function startDashboard(options: DashboardOptions): Dashboard {
  const { read, stream, clock, keyboard: keys, isInForeground } = options;
  const history = new History();
  const palette = createPalette(options.colors);
  const notices: string[] = [];
  let page: Page = 'overview';
  let opening: Promise<void> | undefined;
  let closing: Promise<void> | undefined;
  let screen: Screen | undefined;
  let ended = false;

  let jobControl: JobControl | undefined;

  const suspend = () => jobControl?.suspend();
  const keyboard = keys && new Keyboard(keys.input, { press, suspend, isInForeground });
  function press(key: string): void {
    if (key === '\t') page = nextPage(page);
    else if (key === '?') page = page === 'help' ? 'overview' : 'help';
    else if (key === 'p') keys?.keys.pause?.();
    else if (key === 'q') keys?.keys.quit();
    else return;
    screen?.draw(scene());
  }

  function scene(): Scene {
    const snapshot = read();
    history.add(snapshot);
    const offered = keyboard?.isOpen ? keys!.keys : null;
    return { snapshot, history, palette, notices, page, keys: offered, now: clock.now() };
  }
  const open = async (): Promise<void> => {
    const { Screen } = await loadScreen();
    if (ended) return;
    jobControl = new JobControl({
      isInForeground,
      take() {
        keyboard?.open();
        screen = new Screen(stream, scene());
      },
      release() {
        keyboard?.close();
        screen?.close();
        closing = screen?.closed();
        screen = undefined;
      },
    });
    jobControl.start();
  };
  const cancel = clock.every(FRAME_PERIOD, () => {
    opening ??= open();
    if (screen === undefined) jobControl?.takeIfOurs();
    else screen.draw(scene());
  });
  // Stays for good: what is written at the end may fail too, and is missed by nobody.
  stream.on('error', cancel);

  const leave = (): void => {
    if (ended) return;
    ended = true;
    cancel();
    jobControl?.stop();
    for (const line of notices) stream.write(`${line}\n`);
  };
  return {
    notice(line) {
      if (ended) stream.write(`${line}\n`);
      else notices.push(line);
      if (notices.length > NOTICES_KEPT) notices.shift();
    },
    leave,
    async stop() {
      leave();
      await opening;
      await closing;
    },
  };
}

async function loadScreen() {
  // React's development build is slower and fills Node's performance timeline.
  process.env.NODE_ENV ??= 'production';
  return import('./screen.tsx');
}
