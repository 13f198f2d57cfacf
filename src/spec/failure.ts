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

/** What is known of the command line, to place what is wrong with it. */
export interface CommandLine {
  /** What oclif calls the commands: `dlq:list`. */
  readonly commands: readonly string[];
  /** The words of the command line, if they are known, and how the command that they name is called rightly. */
  readonly words?: readonly string[];
  exampleOf?(command: string): string | undefined;
  readonly debug: boolean;
}

/** As many mistakes of one job as a person reads at once. */
const maxProblems = 10;

/** What to print for anything that a command, or oclif before it, threw; a stack only where `debug` is on. */
export function failureOf(error: unknown, cli: CommandLine): Failure {
  const stack = cli.debug && error instanceof Error ? `${error.stack}\n` : '';
  if (error instanceof SpecError) return { text: stack + specText(error), exitCode: error.exitCode };
  if (error instanceof UnreachableError) {
    const text = line(error.endpoint, withoutEndpoint(error), error.hint);
    return { text: stack + text, exitCode: ExitCode.unreachable };
  }
  if (isExit(error)) return { text: '', exitCode: error.oclif.exit };
  const usage = usageText(error, cli);
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
function usageText(error: unknown, cli: CommandLine): string | undefined {
  if (!isOclif(error)) return undefined;
  const { commands } = cli;
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
  const command = commandIn(cli);
  const place = command === undefined ? 'sluice' : `sluice ${spoken(command)}`;
  const see = `see ${place} --help`;
  const known = Object.keys(parse?.input?.flags ?? {}).map((name) => `--${name}`);
  if (flags?.[0] !== undefined) {
    const hint = suggest(flags[0], known);
    return line(place, `unknown flag "${flags[0]}"`, hint?.startsWith('did') ? hint : see);
  }
  if (Array.isArray(args) && typeof args[0] === 'string') {
    const reads = known.includes('--from');
    const hint = reads ? `put a pattern such as '*.jsonl' in quotes, or ${see}` : see;
    return line(place, `unexpected argument ${JSON.stringify(args[0])}`, hint);
  }
  if (Array.isArray(args) && args.length > 0) {
    const example = command === undefined ? undefined : cli.exampleOf?.(command);
    const hint = example === undefined ? see : `for example ${example}`;
    return line(place, `${String(args[0].name).toUpperCase()} is missing`, hint);
  }
  const message = error.message.replace(/\nSee more help with --help$/, '');
  return line(place, message.slice(0, 1).toLowerCase() + message.slice(1), see);
}

/** The command that the words begin with. */
function commandIn({ commands, words = [] }: CommandLine): string | undefined {
  const [first = '', second] = words;
  return [`${first}:${second}`, first].find((name) => commands.includes(name));
}

/** A command as it is written on a command line: oclif names `dlq list` `dlq:list`. */
function spoken(command: string): string {
  return command.replaceAll(':', ' ');
}
