import { type Stats, statSync } from 'node:fs';
import { SpecError } from '../errors.ts';
import type { Plan } from '../plan/model.ts';

/**
 * Throws SpecError if the job would write a file that it reads, by whatever name, and UnreachableError if one that it
 * reads is not there. To be called before a sink is opened, which may empty its file.
 */
export async function refuseOwnOutput({ spec, sources, sinks }: Plan): Promise<void> {
  const written = sinks.flatMap(({ spec: { name, options }, definition }) => {
    const file = definition.outputFile?.(options);
    return file === undefined ? [] : [{ name: `sink "${name}"`, place: `sinks.${name}.path`, file }];
  });
  const { dead_letters: letters } = spec;
  if (letters.type === 'file')
    written.push({ name: 'dead_letters', place: 'dead_letters.path', file: letters.path });
  for (const source of sources) {
    const read = (await source.definition.inputFiles?.(source.spec.options)) ?? [];
    for (const { name, place, file } of written) {
      const target = statOf(file);
      if (target === undefined || !read.some((input) => isSame(statOf(input), target))) continue;
      throw new SpecError(`${name} would write ${file}, which source "${source.spec.name}" reads`, {
        place,
        hint: 'give it a file of its own',
      });
    }
  }
}

function statOf(file: string): Stats | undefined {
  return statSync(file, { throwIfNoEntry: false });
}

/** Links have other names, and are one file. What is none (a terminal, /dev/null) holds nothing that could be lost. */
function isSame(input: Stats | undefined, target: Stats): boolean {
  return target.isFile() && input?.dev === target.dev && input.ino === target.ino;
}
