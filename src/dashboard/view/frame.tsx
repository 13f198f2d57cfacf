import { Box, Text } from 'ink';
import { createElement } from 'react';
import { facts } from './facts.ts';
import { figures } from './figures.ts';
import { header } from './header.ts';
import { help, hint } from './help.ts';
import { nodes } from './nodes.ts';
import { partitions } from './partitions.ts';
import { alerts, errors, notices } from './recent.ts';
import type { View } from './view.ts';

/** The whole view. Each part comes as lines that fit, so nothing here wraps. */
export function Frame({ view }: { view: View }) {
  return (
    <Box flexDirection="column" paddingX={1} rowGap={view.layout.airy ? 1 : 0}>
      <Part lines={header(view)} />
      <Part lines={figures(view)} />
      <Part lines={facts(view)} />
      <Part lines={nodes(view)} />
      <Part lines={partitions(view)} />
      <Part lines={alerts(view)} />
      <Part lines={errors(view)} />
      <Part lines={notices(view)} />
      <Part lines={help(view)} />
      <Part lines={hint(view)} />
    </Box>
  );
}

/** A text for each line: ink measures again only what has changed. */
function Part({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null;
  const texts = lines.map((line) => createElement(Text, { wrap: 'truncate-end' }, line));
  return createElement(Box, { flexDirection: 'column' }, ...texts);
}
