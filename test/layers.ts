import { posix } from 'node:path';

/**
 * The direction of the architecture: a folder imports from itself, from its own row or from rows above, never from
 * below; the folders of a row that stands apart don't know each other. `src` is the files that lie directly in it.
 */
const rows: readonly { names: readonly string[]; apart?: boolean }[] = [
  { names: ['src'] },
  {
    names: [
      'src/expression',
      'src/aggregation',
      'src/state',
      'src/component',
      'src/metrics',
      'src/codecs',
      'src/clients',
    ],
  },
  { names: ['src/sources', 'src/operators', 'src/sinks'], apart: true },
  { names: ['src/spec'] },
  { names: ['src/plan'] },
  { names: ['src/checkpoint', 'src/dead-letters', 'src/runtime'] },
  { names: ['src/control'] },
  { names: ['src/dashboard', 'src/flink', 'src/testing'], apart: true },
  { names: ['commands'] },
];

/** Path from the root → the file's text. */
export type Files = ReadonlyMap<string, string>;

/** Every import against the direction, and every cycle, as a line for a person. */
export function violations(files: Files): string[] {
  return [...wrongDirections(files), ...cycles(files)];
}

/** The project's own modules that a file imports, types too, as paths from the root. */
function importsOf(path: string, text: string): string[] {
  const specifiers = text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g);
  return Array.from(specifiers, ([, specifier]) => posix.join(posix.dirname(path), specifier!));
}

function* wrongDirections(files: Files): Iterable<string> {
  for (const [path, text] of files) {
    const from = placeOf(path);
    if (!from) yield `${path}: its folder has no place in the layers`;
    for (const imported of importsOf(path, text)) {
      const to = placeOf(imported);
      if (from && (!to || !mayImport(from, to))) yield `${path}: imports ${imported} against the direction`;
    }
  }
}

interface Place {
  readonly row: number;
  readonly name: string;
}

function placeOf(path: string): Place | undefined {
  const [top, folder, inside] = path.split('/');
  const name = top === 'src' && inside ? `src/${folder}` : top!;
  const row = rows.findIndex(({ names }) => names.includes(name));
  return row < 0 ? undefined : { row, name };
}

function mayImport(from: Place, to: Place): boolean {
  if (from.name === to.name) return true;
  return from.row === to.row ? !rows[from.row]?.apart : from.row > to.row;
}

/** One line for each cycle found by a depth-first walk. */
function cycles(files: Files): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push(`cycle: ${[...trail.slice(start), path].join(' → ')}`);
    if (start >= 0 || done.has(path)) return;
    for (const imported of importsOf(path, files.get(path) ?? '')) walk(imported, [...trail, path]);
    done.add(path);
  };
  for (const path of files.keys()) walk(path, []);
  return found;
}
