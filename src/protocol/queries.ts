import type { QueryColumns } from "./messages.js";

const MOST_QUERIES = 200;
const MOST_COLUMNS = 200;
const LONGEST_TEXT = 10_000;

/** The notification by which a language server is told all queries of a notebook: `{ notebook, queries }`. */
export const QUERIES_NOTIFICATION = "spinebook/queries";

/** The latest queries that the cells of a notebook have run, for completion: whoever runs the kernel holds them. */
export class KnownQueries {
  private readonly queries = new Map<string, QueryColumns>();

  /** Takes a query; one that ran before counts as it ran last. Very long and very wide ones are left out. */
  learn(query: QueryColumns): void {
    if (query.text.length > LONGEST_TEXT || query.columns.length > MOST_COLUMNS) return;
    this.queries.delete(query.text);
    this.queries.set(query.text, query);
    if (this.queries.size > MOST_QUERIES) this.queries.delete(this.queries.keys().next().value!);
  }

  get list(): readonly QueryColumns[] {
    return [...this.queries.values()];
  }
}
