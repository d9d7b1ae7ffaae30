import type { QueryColumns } from "../../protocol/index.js";

/** What a column's type may be made of; anything else in its place could end the declaration. */
const TYPE = /^[\w |()[\]]+$/;

/**
 * Declares the rows of queries that cells have run, by the queries' texts: `sql` and `table` of `spinebook` find them in this
 * global interface.
 */
export function declarationsOf(queries: readonly QueryColumns[]): string {
  const members = queries.map(({ text, columns }) => {
    const fields = columns.map(
      ({ name, type }) => `readonly ${JSON.stringify(name)}: ${TYPE.test(type) ? type : "unknown"}`,
    );
    return `  ${JSON.stringify(text)}: { ${fields.join("; ")} };\n`;
  });
  return `interface SpinebookQueryRows {\n${members.join("")}}\n`;
}

/** What a client tells of a notebook's queries; anything else is left aside. */
export function readQueries(given: unknown): { notebook: string; queries: QueryColumns[] } | undefined {
  const { notebook, queries } = (given ?? {}) as { notebook?: unknown; queries?: unknown };
  if (typeof notebook !== "string" || !Array.isArray(queries)) return undefined;
  return { notebook, queries: queries.filter(isQuery) };
}

function isQuery(value: unknown): value is QueryColumns {
  const { text, columns } = (value ?? {}) as { text?: unknown; columns?: unknown };
  return typeof text === "string" && Array.isArray(columns) && columns.every(isColumn);
}

function isColumn(value: unknown): boolean {
  const { name, type } = (value ?? {}) as { name?: unknown; type?: unknown };
  return typeof name === "string" && typeof type === "string";
}
