import type { Millis } from '../../clock.ts';
import type { Snapshot } from '../../metrics/snapshot.ts';
import type { History } from '../history.ts';
import type { Keys } from '../keyboard.ts';
import type { Palette } from '../palette.ts';
import type { Layout } from './layout.ts';
import type { Page } from './page.ts';

/** All that a part of the view is drawn from. */
export interface View {
  readonly snapshot: Snapshot;
  readonly history: History;
  readonly layout: Layout;
  readonly palette: Palette;
  readonly page: Page;
  /** What can be pressed; null where there is no keyboard. */
  readonly keys: Keys | null;
  /** Lines for a person, newest last. */
  readonly notices: readonly string[];
  /** The time of day. */
  readonly now: Millis;
}
