import { type Instance, render } from 'ink';
import { Frame } from './view/frame.tsx';
import { layOut } from './view/layout.ts';
import type { View } from './view/view.ts';

const MAX_FRAMES_PER_SECOND = 10;
const HOME_AND_ERASE_DOWN = '\u001b[H\u001b[J';

/** What a frame shows, whatever the terminal's size. */
export type Scene = Omit<View, 'layout'>;

/**
 * The terminal while the live view has it: its alternate screen, which does not reflow when resized and gives back
 * what stood there before. The keyboard is none of its business.
 */
export class Screen {
  readonly #stream: NodeJS.WriteStream;
  readonly #instance: Instance;
  #scene: Scene;

  constructor(stream: NodeJS.WriteStream, scene: Scene) {
    this.#stream = stream;
    this.#scene = scene;
    // Before ink's own listener, which then draws what this one laid out.
    stream.on('resize', this.#repaint);
    this.#instance = render(null, {
      stdout: stream,
      stderr: stream,
      interactive: true,
      alternateScreen: true,
      incrementalRendering: true,
      maxFps: MAX_FRAMES_PER_SECOND,
      exitOnCtrlC: false,
      patchConsole: false,
    });
    // The alternate screen begins where the cursor stood in the shell.
    stream.write(HOME_AND_ERASE_DOWN);
    this.#instance.rerender(this.#frame());
  }

  draw(scene: Scene): void {
    const echoed = scene.snapshot.status !== this.#scene.snapshot.status;
    this.#scene = scene;
    // A Ctrl-C leaves a ^C on the screen.
    if (echoed) this.#repaint();
    else this.#instance.rerender(this.#frame());
  }

  /** Gives the terminal back, at once. */
  close(): void {
    this.#stream.off('resize', this.#repaint);
    this.#instance.unmount();
  }

  /** Resolves when all is written. */
  async closed(): Promise<void> {
    await this.#instance.waitUntilExit().catch(() => undefined);
  }

  readonly #repaint = (): void => {
    this.#stream.write(HOME_AND_ERASE_DOWN);
    this.#instance.clear();
    this.#instance.rerender(this.#frame());
  };

  #frame() {
    const { columns, rows } = this.#stream;
    const layout = layOut(this.#scene, columns, rows);
    return <Frame view={{ ...this.#scene, layout }} />;
  }
}
