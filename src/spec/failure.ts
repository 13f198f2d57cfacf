import { ExitCode, messageOf, SpecError, TakenOverError, UnreachableError } from '../errors.ts';
import { sanitize } from '../terminal.ts';
import { InvalidJob } from './problem.ts';
import { suggest } from './suggest.ts';

/** How a command that failed says so. */
export interface Failure {
  /** For stderr, with line ends, safe for a terminal; empty if all has been said. */
  readonly text: string;
  readonly exitCode: number;
}

/** As many mistakes of one job as a person reads at once. */
const maxProblems = 10;

/** What to print for anything that a command, or oclif before it, threw; a stack only where `debug` is on. */
export function failureOf(error: unknown, cli: { commands: readonly string[]; debug: boolean }): Failure {
  const stack = cli.debug && error instanceof Error ? `${error.stack}\n` : '';
  if (error instanceof SpecError) return { text: stack + specText(error), exitCode: error.exitCode };
  if (error instanceof UnreachableError) {
    const text = line(error.endpoint, withoutEndpoint(error), error.hint);
    return { text: stack + text, exitCode: ExitCode.unreachable };
  }
  if (isExit(error)) return { text: '', exitCode: error.oclif.exit };
  const usage = usageText(error, cli.commands);
  if (usage !== undefined) return { text: stack + usage, exitCode: ExitCode.usage };
  const hint = cli.debug || error instanceof TakenOverError ? undefined : 'set DEBUG=1 to see where';
  return { text: stack + line('sluice', messageOf(error), hint), exitCode: ExitCode.failure };
}

/** A message often begins with the endpoint, or with the path in it, that the place names already. */
function withoutEndpoint({ endpoint, message }: UnreachableError): string {
  const path = endpoint.replace(/^\w+:/, '');
  const known = [`${path}: `, `${endpoint} `].find((beginning) => message.startsWith(beginning));
  return known === undefined ? message : message.slice(known.length);
}

function specText(error: SpecError): string {
  const problems = [error, ...(error instanceof InvalidJob ? error.others : [])];
  const shown = problems.slice(0, maxProblems).map((problem) => {
    const excerpt = (problem.excerpt?.split('\n') ?? []).map((one) => `${sanitize(one)}\n`);
    return line(problem.place ?? 'sluice', problem.message, problem.hint) + excerpt.join('');
  });
  const left = problems.length - shown.length;
  return shown.join('') + (left > 0 ? `… and ${left} more\n` : '');
}

function line(place: string, message: string, hint: string | undefined): string {
  const whole = `${place}: ${message}${hint === undefined ? '' : `; ${hint}`}`;
  return `${sanitize(whole.trim().replace(/\s*\n\s*/g, ' '))}\n`;
}

/** Of a command that takes no arguments, oclif reads one as a part of the command's name. */
function unexpected(name: string, commands: readonly string[]): string | undefined {
  const [first = '', argument] = name.split(':');
  if (argument === undefined || !commands.includes(first)) return undefined;
  return line('sluice', `unexpected argument ${JSON.stringify(argument)}`, `see sluice ${first} --help`);
}

interface OclifError extends Error {
  readonly oclif: { readonly exit: number };
}

function isOclif(error: unknown): error is OclifError {
  return error instanceof Error && 'oclif' in error;
}

/** `this.exit(code)` of a command, which has said what there is to say. */
function isExit(error: unknown): error is OclifError {
  return isOclif(error) && 'code' in error && error.code === 'EEXIT';
}

interface ParseError {
  readonly flags?: readonly string[];
  readonly args?: unknown;
  readonly parse?: { readonly input?: { readonly flags?: object } };
}

/** What oclif found wrong with the command line, in our words. */
function usageText(error: unknown, commands: readonly string[]): string | undefined {
  if (!isOclif(error)) return undefined;
  const missing = /^command (.+) not found\.?$/is.exec(error.message)?.[1];
  if (missing !== undefined) {
    const argument = unexpected(missing, commands);
    if (argument !== undefined) return argument;
    const hint = suggest(spoken(missing), commands.map(spoken));
    return line(
      'sluice',
      `there is no command "${spoken(missing)}"`,
      hint?.startsWith('did') ? hint : 'see sluice --help',
    );
  }
  const { flags, args, parse } = error as ParseError;
  const known = Object.keys(parse?.input?.flags ?? {}).map((name) => `--${name}`);
  if (flags?.[0] !== undefined) {
    const hint = suggest(flags[0], known);
    return line('sluice', `unknown flag "${flags[0]}"`, hint?.startsWith('did') ? hint : 'see --help');
  }
  if (Array.isArray(args) && typeof args[0] === 'string') {
    const reads = known.includes('--from');
    const hint = reads ? "put a pattern such as '*.jsonl' in quotes, or see --help" : 'see --help';
    return line('sluice', `unexpected argument ${JSON.stringify(args[0])}`, hint);
  }
  if (Array.isArray(args) && args.length > 0) {
    return line('sluice', `${String(args[0].name).toUpperCase()} is missing`, 'see --help');
  }
  const message = error.message.replace(/\nSee more help with --help$/, '');
  return line('sluice', message.slice(0, 1).toLowerCase() + message.slice(1), 'see --help');
}

/** A command as it is written on a command line: oclif names `dlq list` `dlq:list`. */
function spoken(command: string): string {
  return command.replaceAll(':', ' ');
}
