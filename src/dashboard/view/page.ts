/** The pages of the live view: all in short, one thing in full, or what the keys do. */
export type Page = 'overview' | 'nodes' | 'partitions' | 'errors' | 'help';

const pages: readonly Page[] = ['overview', 'nodes', 'partitions', 'errors'];

/** Behind the last, and behind the help, comes the first. */
export function nextPage(page: Page): Page {
  return pages[(pages.indexOf(page) + 1) % pages.length] ?? 'overview';
}
