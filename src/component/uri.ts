/**
 * An endpoint's URI, taken apart but not interpreted: `kafka://h1:9092,h2:9092/a,b?group=g`,
 * `cassandra://host/ks.table`, `sqlite:path.db#table`, `file:path.jsonl`, `generate:clicks?count=10`, `-`, or a bare path.
 */
export interface EndpointUri {
  /** As it was written, for messages. */
  readonly text: string;
  /** `kafka`, `cassandra`, `sqlite`, `file`, `generate`, `stdin`, `stdout` … */
  readonly scheme: string;
  /** `h1:9092,h2:9092`; empty without `//`. Never holds credentials: those come from options or the environment. */
  readonly authority: string;
  /** Percent-decoded, without the leading slash after an authority. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** After `#`; empty if none. */
  readonly fragment: string;
}
