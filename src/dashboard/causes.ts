import type { Snapshot } from '../metrics/snapshot.ts';
import { suggest } from '../spec/suggest.ts';
import { exact } from './format.ts';
import { cut, displayable } from './text.ts';

const REASONS_SHOWN = 3;
const FIELDS_SHOWN = 12;
const MESSAGE_COLUMNS = 100;

/** Nodes that left out every event, because of a field that no event has. */
export function absentFields({ nodes }: Snapshot): string[] {
  return nodes.flatMap(({ name, filtered, absentField }) => {
    if (absentField === null) return [];
    const { field, fields } = absentField;
    const near = suggest(field, fields);
    const they = near?.startsWith('did') ? `${near} They` : 'they';
    const left = `${displayable(name)} left out all ${exact(filtered)} events: none has a field "${displayable(field)}"`;
    return [`  ${left}; ${displayable(they)} have ${displayable(listed(fields))}`];
  });
}

/** Fields that no event had and that were likely meant otherwise: of those that a node reads, but decides nothing by. */
export function misspeltFields({ nodes }: Snapshot): string[] {
  return nodes.flatMap(({ name, absentField, missedFields }) =>
    missedFields.flatMap(({ field, fields }) => {
      const near = suggest(field, fields);
      if (absentField !== null || near?.startsWith('did') !== true) return [];
      return [
        `  ${displayable(name)} reads the field "${displayable(field)}", and no event has it; ${displayable(near)}`,
      ];
    }),
  );
}

/** Joins in which no row met another, though rows came from everywhere. */
export function unmetJoins({ nodes }: Snapshot): string[] {
  if (nodes.some(({ kind, out }) => kind === 'source' && out === 0)) return [];
  return nodes
    .filter(({ type, in: rows, out, deadLetters }) => type === 'join' && out === 0 && rows > deadLetters)
    .map(
      ({ name }) =>
        `  in ${displayable(name)} no row met another: a number and its text are no equal keys, nor are a timestamp and its text; CAST makes one the other`,
    );
}

/** The most frequent reasons why events failed. */
export function reasons(snapshot: Snapshot): string[] {
  return snapshot.reasons.slice(0, REASONS_SHOWN).map(({ node, code, count, message }) => {
    const what = cut(displayable(message), MESSAGE_COLUMNS);
    return `  ${exact(count)} failed in ${displayable(node)}, reason ${displayable(code)}: ${what}`;
  });
}

/** Whether not one event came through. */
export function allFailed({ read, written, errorRate }: Snapshot): boolean {
  return read > 0 && written === 0 && errorRate >= 100;
}

function listed(fields: readonly string[]): string {
  if (fields.length === 0) return 'no fields';
  const more = fields.length - FIELDS_SHOWN;
  const shown = more > 0 ? fields.slice(0, FIELDS_SHOWN) : fields.slice(0, -1);
  const last = more > 0 ? `${exact(more)} more` : fields.at(-1);
  return shown.length === 0 ? `${last}` : `${shown.join(', ')} and ${last}`;
}
