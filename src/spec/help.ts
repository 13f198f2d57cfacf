import { type Command, Help } from '@oclif/core';

const groups: Readonly<Record<string, readonly string[]>> = {
  'RUN A JOB': ['ingest', 'transform', 'window', 'detect', 'join', 'run', 'recover'],
  'WATCH IT': ['stats', 'tap'],
  'DEAD LETTERS': ['dlq:list', 'dlq:show', 'dlq:purge', 'replay-dlq'],
  JOBFILES: ['init', 'validate', 'explain', 'test', 'components', 'schema', 'export', 'submit'],
  'THE SHELL': ['help', 'autocomplete'],
};
const WIDTH = 80;
const NAME = 14;

const introduction = `sluice runs a streaming job: a source, what is done on the way, and a sink.

  sluice ingest --from events.jsonl --to sqlite:events.db#events --key user_id
  sluice transform --from events.jsonl --where "action = 'click'" --to -
  sluice window --from sales.csv --types 'amount double' --time at \\
    --tumbling 1h --key shop --agg 'total=sum(amount)' --to -
  sluice run job.yaml`;

const ending = `ENDS ARE URIs
  kafka://host:9092/topic  cassandra://host/keyspace.table  sqlite:file.db#table
  file.jsonl  file.csv   generate:clicks?count=1000   - is stdin or stdout

  stdout carries data only; the live view and the summary go to stderr.
  Ctrl-C drains and saves a checkpoint; sluice recover NAME goes on from there.
  sluice COMMAND --help has the flags and examples of a command.`;

/** Help that teaches: all of sluice in one screen, and of a command its own flags before those that every job has. */
export default class TeachingHelp extends Help {
  override formatRoot(): string {
    return introduction;
  }

  protected override async showRootHelp(): Promise<void> {
    const commands = this.sortedCommands.filter((command) => !command.hidden);
    const grouped = Object.entries(groups).map(
      ([title, ids]) =>
        [title, ids.flatMap((id) => commands.filter((command) => command.id === id))] as const,
    );
    const known = new Set(Object.values(groups).flat());
    const others = ['MORE', commands.filter((command) => !known.has(command.id))] as const;
    const parts = [...grouped, others]
      .filter(([, members]) => members.length > 0)
      .map(([title, members]) => [title, ...members.map((command) => this.#line(command))].join('\n'));
    this.log([introduction, ...parts, ending].join('\n\n'));
  }

  protected override formatCommand(command: Command.Loadable): string {
    const usage = command.usage ?? (isLong(command) ? shortUsage(command) : undefined);
    return super.formatCommand({ ...command, usage } as Command.Loadable);
  }

  #line(command: Command.Loadable): string {
    const name = command.id.replaceAll(':', ' ');
    const summary = this.summary(command) ?? '';
    const room = WIDTH - NAME - 2;
    return `  ${name.padEnd(NAME)}${summary.length <= room ? summary : summary.split(/[:,]/)[0]}`;
  }
}

/** Whether its flags are too many to be all named in one line. */
function isLong(command: Command.Loadable): boolean {
  return Object.keys(command.flags).length > 8;
}

function shortUsage(command: Command.Loadable): string {
  const args = Object.values(command.args).map(({ name, required }) =>
    required ? name.toUpperCase() : `[${name.toUpperCase()}]`,
  );
  const ends = command.flags.from === undefined || args.length > 0 ? [] : ['--from URI --to URI'];
  return ['<%= command.id %>', ...args, ...ends, '[FLAGS]'].join(' ');
}
