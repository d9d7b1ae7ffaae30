import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { CohortError } from "../errors.js";
import { diskFull, isDiskFull } from "../files.js";
import { checkRows, type RowSource } from "./check.js";
import { requireIdentities } from "./identity.js";
import { openDuckDb, type Opened } from "./open.js";
import { tableOf, createWaiting, mergeWaiting, quoted, type Table } from "./tables.js";
import type { Cell, NewRows } from "./rows.js";
import { plainRows, plainValues, type ResultRow, type Value } from "./values.js";

/** What a query's `$name` or `$1` stand for. */
export type Parameters = readonly Cell[] | Readonly<Record<string, Cell>>;

/** A result that is read as it comes. */
export interface RowStream {
  readonly columns: readonly string[];
  /** Rows in the order of the columns, some thousand at a time. */
  readonly parts: AsyncIterable<readonly (readonly Value[])[]>;
}

/** Most that a query may give at once. */
export interface ResultLimit {
  readonly rows: number;
  readonly cells: number;
}

/** Rows that are handed to DuckDB at once: its own vector size. */
const CHUNK_ROWS = 2048;

/** What DuckDB says of a query, in its first lines, without its stack. */
function queryError(thrown: unknown, readOnly?: string): CohortError {
  if (thrown instanceof CohortError) return thrown;
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  if (isDiskFull(thrown)) return diskFull();
  if (readOnly !== undefined && /read-only/i.test(said)) return new CohortError("read-only", readOnly);
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

function tooMany({ rows }: ResultLimit): CohortError {
  return new CohortError(
    "query",
    `The result has more than ${rows.toLocaleString("en")} rows, which is as much as is given at once; ` +
      "table(select) shows one of any length page by page, rows(limit) and page({ offset, limit }) of it give a part, " +
      'and "spinebook cohort FILE --sql TEXT --csv" writes all of it.',
  );
}

/** A DuckDB file (or `:memory:`) with one connection, whose statements run one after another. */
export class Database {
  private last: Promise<unknown> = Promise.resolve();
  private readonly instance: DuckDBInstance;
  /** Why it can only be read, as a sentence; absent where it can be written. */
  readonly readOnly: string | undefined;

  private constructor(
    private readonly opened: Opened,
    private readonly connection: DuckDBConnection,
  ) {
    this.instance = opened.instance;
    this.readOnly = opened.readOnly;
  }

  /** @throws CohortError "in-use", "not-a-cohort", "newer-version", "damaged", "cannot-open" */
  static async open(path: string): Promise<Database> {
    const opened = await openDuckDb(path);
    return new Database(opened, await opened.instance.connect());
  }

  /** Runs one statement and gives its rows. @throws CohortError "query", also where there are more rows than `most` */
  query(sql: string, parameters?: Parameters, most?: ResultLimit): Promise<ResultRow[]> {
    return this.inTurn(async () => {
      try {
        await requireOne(this.connection, sql);
        const values = parameters as DuckDBValue[] | undefined;
        if (most === undefined) {
          const reader = await this.connection.runAndReadAll(sql, values);
          return plainRows(reader.deduplicatedColumnNames(), reader.getRowsJS());
        }
        const result = await this.connection.stream(sql, values);
        const names = result.deduplicatedColumnNames();
        const limit = Math.min(most.rows, Math.floor(most.cells / Math.max(1, names.length)));
        const rows: ResultRow[] = [];
        for await (const part of result.yieldRowsJs()) {
          if (rows.length + part.length > limit) throw tooMany({ ...most, rows: limit });
          for (const row of plainRows(names, part)) rows.push(row);
        }
        return rows;
      } catch (thrown) {
        throw queryError(thrown, this.readOnly);
      }
    });
  }

  /** Runs one statement whose rows are read as they come, beside everything else. @throws CohortError "query", also while they are read */
  async stream(sql: string, parameters?: Parameters): Promise<RowStream> {
    await this.inTurn(() => Promise.resolve());
    const { readOnly } = this;
    const connection = await this.instance.connect();
    try {
      await requireOne(connection, sql);
      const result = await connection.stream(sql, parameters as DuckDBValue[] | undefined);
      const parts = async function* (): AsyncGenerator<Value[][]> {
        try {
          for await (const part of result.yieldRowsJs()) yield part.map(plainValues);
        } catch (thrown) {
          throw queryError(thrown, readOnly);
        } finally {
          connection.closeSync();
        }
      };
      return { columns: result.deduplicatedColumnNames(), parts: parts() };
    } catch (thrown) {
      connection.closeSync();
      throw queryError(thrown, readOnly);
    }
  }

  /**
   * Writes the rows of several tables at once: all of them, or after an error or a crash none. Every value is checked.
   * @param from what a row is called in an error
   * @throws CohortError "bad-record", "collision", "read-only"
   */
  write(rows: NewRows, from?: RowSource): Promise<void> {
    return this.inTurn(async () => {
      if (this.readOnly !== undefined) throw new CohortError("read-only", this.readOnly);
      for (const [name, values] of Object.entries(rows)) checkRows(tableOf(name), values, from);
      try {
        await this.connection.run("BEGIN TRANSACTION");
        for (const [name, values] of Object.entries(rows))
          if (values.length > 0) await this.merge(tableOf(name), values);
        await this.connection.run("COMMIT");
      } catch (thrown) {
        await this.connection.run("ROLLBACK").catch(() => undefined);
        throw queryError(thrown, this.readOnly);
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
    this.opened.clear();
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
    if (table.name === "studies")
      await requireIdentities(async (sql) => {
        const reader = await this.connection.runAndReadAll(sql);
        return plainRows(reader.deduplicatedColumnNames(), reader.getRowsJS());
      });
    for (const statement of mergeWaiting(table)) await this.connection.run(statement);
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.last.then(work, work);
    this.last = next.catch(() => undefined);
    return next;
  }
}

async function requireOne(connection: DuckDBConnection, sql: string): Promise<void> {
  const { count } = await connection.extractStatements(sql);
  if (count !== 1)
    throw new CohortError(
      "query",
      "Give one statement of SQL at a time: the results of others would be lost.",
    );
}

/** A text as SQL writes it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export { quoted };
