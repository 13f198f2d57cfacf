import type { Millis } from '../clock.ts';
import type { Dashboard, DashboardOptions } from './dashboard.ts';
import { History } from './history.ts';
import { createPalette } from './palette.ts';
import type { Scene, Screen } from './screen.tsx';

/** Three frames a second: calm to look at, and cheap. */
const FRAME_PERIOD: Millis = 333;
const NOTICES_KEPT = 1000;

/**
 * Starts the live view. Nothing is loaded or drawn in the first third of a second, so a job that is done by then
 * never touches the screen. It does not keep the process alive, and when the terminal goes away it ends in silence.
 */
export function startDashboard(options: DashboardOptions): Dashboard {
  const { read, stream, clock } = options;
  const history = new History();
  const palette = createPalette(options.colors);
  const notices: string[] = [];
  let screen: Promise<Screen> | undefined;
  let drawn: Screen | undefined;
  let gone = false;
  let stopped: Promise<void> | undefined;

  const scene = (): Scene => {
    const snapshot = read();
    history.add(snapshot);
    return { snapshot, history, palette, notices, now: clock.now() };
  };
  const cancel = clock.every(FRAME_PERIOD, () => {
    if (drawn !== undefined) drawn.draw(scene());
    else screen ??= openScreen(stream, scene).then((opened) => (drawn = opened));
  });
  // Stays for good: what is written at the end may fail later.
  stream.on('error', () => {
    gone = true;
    cancel();
  });

  const stop = async (): Promise<void> => {
    cancel();
    await (await screen)?.close();
    if (!gone) for (const line of notices) stream.write(`${line}\n`);
  };
  return {
    notice(line) {
      notices.push(line);
      if (notices.length > NOTICES_KEPT) notices.shift();
    },
    stop: () => (stopped ??= stop()),
  };
}

async function openScreen(stream: NodeJS.WriteStream, scene: () => Scene): Promise<Screen> {
  // React's development build is slower and fills Node's performance timeline.
  process.env.NODE_ENV ??= 'production';
  const { Screen } = await import('./screen.tsx');
  return new Screen(stream, scene());
}
