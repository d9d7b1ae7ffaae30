import type { DuckDBConnection } from "@duckdb/node-api";
import { CohortError } from "../errors.js";

/** A text of SQL that is a query, after comments. */
const EXPLAINED = /^(?:\s|--[^\n]*\n|\/\*.*?\*\/)*explain\b(?:\s*analy[sz]e\b|\s*\([^)]*\))?/is;

/** Refuses what is no text, before DuckDB's native code gets it, which a wrong type can end. @throws CohortError "query" */
export function requireText(sql: unknown, parameters: unknown): void {
  if (typeof sql !== "string")
    throw new CohortError(
      "query",
      `SQL is a text, such as "SELECT count(*) FROM discs", and was ${sql === null ? "null" : typeof sql}.`,
    );
  if (parameters === undefined) return;
  const isList = typeof parameters === "object" && parameters !== null;
  const wrong = isList
    ? Object.entries(parameters).find(
        ([, one]) => one !== null && !["string", "number", "bigint", "boolean"].includes(typeof one),
      )
    : undefined;
  if (!isList || wrong !== undefined)
    throw new CohortError(
      "query",
      `${wrong === undefined ? "The parameters are" : `Parameter ${/^\d+$/.test(wrong[0]) ? Number(wrong[0]) + 1 : wrong[0]} is`} no ${wrong === undefined ? "list" : "text, number, true, false or null"}: give values for $1, $2 as a list ([60, "F"]), for $age as { age: 60 }; a date as a text (2024-05-01), a list by IN with one parameter each.`,
    );
}

/** The kind of the one statement that a text holds, as DuckDB names it: `SELECT`, `DELETE`. */
async function kindOf(connection: DuckDBConnection, sql: string): Promise<string> {
  const { StatementType } = await import("@duckdb/node-api");
  const statements = await connection.extractStatements(sql).catch((thrown: unknown) => {
    // What DuckDB says of a text without any statement is nothing to act on.
    if (thrown instanceof Error && thrown.message.includes("native callback"))
      throw new CohortError("query", "The text holds no statement of SQL.");
    throw thrown;
  });
  if (statements.count !== 1)
    throw new CohortError(
      "query",
      "Give one statement of SQL at a time: the results of others would be lost.",
    );
  const prepared = await statements.prepare(0);
  const kind = StatementType[prepared.statementType];
  prepared.destroySync();
  return kind;
}

/**
 * Sees that a text is one statement, and that it may be run here. Nothing is ever fetched from a network: extensions, which
 * could, are not installed or loaded.
 * @param isReading whether it may only read, as what people ask of a cohort
 * @throws CohortError "query"
 */
export async function requireStatement(
  connection: DuckDBConnection,
  sql: string,
  isReading: boolean,
): Promise<void> {
  const kind = await kindOf(connection, sql);
  if (kind === "LOAD")
    throw new CohortError(
      "query",
      "Extensions of DuckDB are not installed or loaded here: they come from a network, and nothing is fetched. Export the tables (exportParquet, --parquet) and ask them there.",
    );
  if (!isReading || kind === "SELECT") return;
  // EXPLAIN ANALYZE runs what it explains.
  if (kind === "EXPLAIN" && (await kindOf(connection, sql.replace(EXPLAINED, ""))) === "SELECT") return;
  throw new CohortError(
    "query",
    `A cohort is asked here and not changed: ${kind.replaceAll("_", " ")} is not run, only SELECT, DESCRIBE, SHOW, SUMMARIZE and EXPLAIN of one. ` +
      "To add or correct grades, import them (importCsv and add, --import-csv, with replace), which checks every value; " +
      "to write tables, exportParquet, --parquet, or the result with --csv or --json; to change more, export them and work on the copy.",
  );
}
