import { readFileSync } from 'node:fs';
import type { Command } from '@oclif/core';
import type { z } from 'zod';
import type { AnyDefinition } from '../../src/component/define.ts';
import { describeOptions } from '../../src/spec/describe.ts';
import { commonFlags, endpointFlags } from '../../src/spec/flags/common.ts';
import type { JobCommand, JobFlag } from '../../src/spec/flags/flag.ts';
import { flagsOf } from '../../src/spec/flags/table.ts';
import { builtIn } from '../../src/spec/registry.ts';
import { operatorSettings, settings, sinkSettings, sourceSettings } from '../../src/spec/settings.ts';

const made = '<!-- Made from the definitions: `npm run docs` writes it. -->';

/** docs/reference/components.md */
export function componentsPage(): string {
  const { sources, operators, sinks } = builtIn;
  return page([
    '# Components',
    'Options are keys in a jobfile and, where they are not lists or maps, what follows the `?` of a URI.',
    ...kind('Sources', sources, sourceSettings),
    ...kind('Operators', operators, operatorSettings),
    ...kind('Sinks', sinks, sinkSettings),
  ]);
}

function kind(title: string, definitions: readonly AnyDefinition[], common: z.ZodObject): string[] {
  return [
    `## ${title}`,
    `Every one of them has:\n\n${optionTable(common)}`,
    ...definitions.map((definition) =>
      [
        `### ${definition.type}`,
        sentence(definition.summary),
        optionTable(definition.options),
        definition.examples.map((example) => `    ${example}`).join('\n'),
      ].join('\n\n'),
    ),
  ];
}

/** docs/reference/flags.md */
export function flagsPage(commands: readonly JobCommand[]): string {
  const common = [...endpointFlags, ...commonFlags];
  const everywhere = common.filter((flag) => flag.commands === undefined);
  const own = commands.map((command) => {
    const flags = flagsOf(command).filter((flag) => !everywhere.includes(flag));
    return `## ${command}\n\n${flagTable(flags)}`;
  });
  return page([
    '# Flags of the job commands',
    'A flag is spelled the same in every command. Durations are `500ms`, `5s`, `1m`, `1h`, `1d`.',
    `## Every command\n\n${flagTable(everywhere)}`,
    ...own,
  ]);
}

/** docs/reference/commands.md */
export function commandsPage(commands: readonly { id: string; command: typeof Command }[]): string {
  return page([
    '# Commands',
    'Every example is run by a test. The flags of the commands that run a job are in [flags](flags.md).',
    ...commands.map(({ id, command }) =>
      [
        `## ${id}`,
        `${command.summary}.${command.description === undefined ? '' : ` ${command.description}`}`,
        `    ${usage(id, command)}`,
        ...argumentTable(command),
        ...ownFlagTable(command),
        (command.examples as string[])
          .map((example) => `    ${example.replaceAll('<%= config.bin %>', 'sluice')}`)
          .join('\n'),
      ].join('\n\n'),
    ),
  ]);
}

function usage(id: string, { args }: typeof Command): string {
  const names = Object.entries(args ?? {}).map(([name, { required }]) =>
    required === true ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  );
  return ['sluice', id, ...names].join(' ');
}

function argumentTable({ args }: typeof Command): string[] {
  const rows = Object.entries(args ?? {}).map(([name, { description = '' }]) => [
    code(name.toUpperCase()),
    description,
  ]);
  return rows.length === 0 ? [] : [table(['Argument', 'What it is'], rows)];
}

/** Of a job command, none: its flags have a page. */
function ownFlagTable({ flags = {} }: typeof Command): string[] {
  const rows = Object.entries(flags).map(([name, flag]) => [
    code(`--${name}${flag.type === 'boolean' ? '' : ` ${flag.helpValue ?? 'VALUE'}`}`),
    flag.summary ?? '',
  ]);
  return rows.length === 0 || 'from' in flags || 'restart' in flags
    ? []
    : [table(['Flag', 'What it is'], rows)];
}

/** docs/reference/jobfile.md */
export function jobfilePage(): string {
  const nested = ['backpressure', 'checkpoint', 'metrics'] as const;
  const letters = objectsIn(settings.shape.dead_letters).map(optionTable);
  return page([
    '# The jobfile',
    'A YAML file. `sources:`, `operators:` and `sinks:` name the [components](components.md); the rest is about the job.',
    optionTable(settings),
    `## dead_letters\n\n${letters.join('\n\nOr:\n\n')}`,
    ...nested.map((name) => `## ${name}\n\n${optionTable(objectIn(settings.shape[name]))}`),
    '## An example',
    `\`\`\`yaml\n${readFileSync(new URL('../../examples/clickstream.yaml', import.meta.url), 'utf8')}\`\`\``,
  ]);
}

/** The map among the spellings of an option. */
function objectIn(schema: z.ZodType): z.ZodObject {
  const found = objectsIn(schema)[0];
  if (found === undefined) throw new Error('no spelling of the option is a map');
  return found;
}

function objectsIn(schema: z.ZodType): z.ZodObject[] {
  if ('shape' in schema) return [schema as z.ZodObject];
  const { innerType, options = [] } = schema.def as { innerType?: z.ZodType; options?: z.ZodType[] };
  return [...(innerType === undefined ? [] : [innerType]), ...options].flatMap(objectsIn);
}

function optionTable(options: z.ZodObject): string {
  const rows = describeOptions(options).map(([name, takes, standard, what]) => [
    code(name),
    takes,
    standard.replace(/^default /, ''),
    what,
  ]);
  return rows.length === 0
    ? 'It has no options of its own.'
    : table(['Option', 'Takes', 'Default', 'What it is'], rows);
}

function flagTable(flags: readonly JobFlag[]): string {
  return table(
    ['Flag', 'What it is'],
    flags.map(({ name, value, choices, summary, repeatable }) => [
      code(`--${name}${value === undefined ? '' : ` ${choices?.join('|') ?? value}`}`),
      repeatable ? `${summary}; may be repeated` : summary,
    ]),
  );
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}

function sentence(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function page(parts: readonly string[]): string {
  return `${[made, ...parts].join('\n\n')}\n`;
}
