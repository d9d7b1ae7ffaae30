import { existsSync } from "node:fs";
import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { basename } from "node:path";
import { CohortError } from "../errors.js";
import { tableOf, createWaiting, mergeWaiting, quoted, type Table } from "./tables.js";
import type { Cell, NewRows } from "./rows.js";
import { plainRow, type ResultRow } from "./values.js";

/** What a query's `$name` or `$1` stand for. */
export type Parameters = readonly Cell[] | Readonly<Record<string, Cell>>;

/** Rows that are handed to DuckDB at once: its own vector size. */
const CHUNK_ROWS = 2048;

/** The settings of every database: nothing is ever fetched from a network. */
const SETTINGS = { autoinstall_known_extensions: "false", autoload_known_extensions: "false" };

const DISK_FULL = (): CohortError =>
  new CohortError(
    "file",
    "The disk is full; make room and run it again: what is there stays, and a batch goes on.",
  );

function openError(thrown: unknown, path: string): CohortError {
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  const name = basename(path);
  const holder = /PID (\d+)/.exec(said)?.[1];
  if (said.includes("No space left")) return DISK_FULL();
  if (said.includes("lock"))
    return new CohortError(
      "in-use",
      `${name} is open in another process${holder === undefined ? "" : ` (number ${holder})`}; close the cohort there, or wait until its batch is done.`,
    );
  if (said.includes("is a directory") || said.includes("Is a directory"))
    return new CohortError("not-a-cohort", `${name} is a folder, and a cohort is one file; name a file.`);
  if (said.includes("not a valid DuckDB"))
    return new CohortError(
      "not-a-cohort",
      `${name} is no cohort: it exists and is something else; name another file.`,
    );
  if (existsSync(path) && /Permission denied|Read-only/.test(said))
    return new CohortError("cannot-open", `${name} may not be written here; copy it to a place that may.`);
  if (said.includes("No such file") || said.includes("Permission denied") || said.includes("Read-only"))
    return new CohortError(
      "cannot-open",
      `${name} cannot be made there: the folder is missing or may not be written.`,
    );
  return new CohortError(
    "cannot-open",
    `${name} cannot be opened as a cohort: its content is damaged, or written by a newer DuckDB.`,
  );
}

/** What DuckDB says of a query, in its first lines, without its stack. */
function queryError(thrown: unknown): CohortError {
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  if (said.includes("No space left")) return DISK_FULL();
  if (said.includes("connection disconnected"))
    return new CohortError("query", "The cohort is closed; open it again.");
  return new CohortError(
    "query",
    said
      .replace(/\s*\n\s*\n/g, "\n")
      .slice(0, 600)
      .trimEnd(),
  );
}

/** A DuckDB file (or `:memory:`) with one connection, whose statements run one after another. */
export class Database {
  private last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  /** @throws CohortError "in-use", "not-a-cohort", "cannot-open" */
  static async open(path: string): Promise<Database> {
    // 68 MB of native code: loaded only by those who use a cohort.
    const { DuckDBInstance } = await import("@duckdb/node-api");
    try {
      const instance = await DuckDBInstance.create(path, SETTINGS);
      return new Database(instance, await instance.connect());
    } catch (thrown) {
      throw openError(thrown, path);
    }
  }

  /** Runs one statement and gives its rows. @throws CohortError "query" */
  query(sql: string, parameters?: Parameters): Promise<ResultRow[]> {
    return this.inTurn(async () => {
      try {
        const { count } = await this.connection.extractStatements(sql);
        if (count !== 1)
          throw new CohortError(
            "query",
            "Give one statement of SQL at a time: the results of others would be lost.",
          );
        const reader = await this.connection.runAndReadAll(sql, parameters as DuckDBValue[] | undefined);
        return reader.getRowObjectsJS().map(plainRow);
      } catch (thrown) {
        throw thrown instanceof CohortError ? thrown : queryError(thrown);
      }
    });
  }

  /** Writes the rows of several tables at once: all of them, or after an error or a crash none. */
  write(rows: NewRows): Promise<void> {
    return this.inTurn(async () => {
      try {
        await this.connection.run("BEGIN TRANSACTION");
        for (const [name, values] of Object.entries(rows))
          if (values.length > 0) await this.merge(tableOf(name), values);
        await this.connection.run("COMMIT");
      } catch (thrown) {
        await this.connection.run("ROLLBACK").catch(() => undefined);
        throw thrown instanceof CohortError ? thrown : queryError(thrown);
      }
    });
  }

  /** Stops a statement that is running; it throws. */
  interrupt(): void {
    this.connection.interrupt();
  }

  /** Waits for what was begun, writes everything into the file and lets go of it. */
  async close(): Promise<void> {
    await this.inTurn(() => Promise.resolve()).catch(() => undefined);
    this.connection.closeSync();
    this.instance.closeSync();
  }

  private async merge(table: Table, rows: readonly (readonly Cell[])[]): Promise<void> {
    const { DuckDBDataChunk } = await import("@duckdb/node-api");
    await this.connection.run(createWaiting(table));
    const appender = await this.connection.createAppender(`new_${table.name}`, null, "temp");
    const types = Array.from({ length: appender.columnCount }, (_, column) => appender.columnType(column));
    try {
      for (let start = 0; start < rows.length; start += CHUNK_ROWS) {
        const part = rows.slice(start, start + CHUNK_ROWS);
        const chunk = DuckDBDataChunk.create(types, part.length);
        chunk.setRows(part.map((row, i) => [...row, start + i]));
        appender.appendDataChunk(chunk);
      }
    } finally {
      appender.closeSync();
    }
    for (const statement of mergeWaiting(table)) await this.connection.run(statement);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work, work);
    this.last = next.catch(() => undefined);
    return next;
  }
}

/** A text as SQL writes it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export { quoted };
