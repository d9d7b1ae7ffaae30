import type { DuckDBConnection, DuckDBInstance, DuckDBValue } from "@duckdb/node-api";
import { CohortError } from "../errors.js";
import { diskFull, isDiskFull } from "../files.js";
import { ANY_SOURCE, checkRows, type RowSource } from "./check.js";
import { countNew, requireOneEach, requireSameBorders, requireSameGrades } from "./conflicts.js";
import { requireIdentities } from "./identity.js";
import { openDuckDb, type Opened } from "./open.js";
import { requireStatement, requireText } from "./statements.js";
import { checkStudyValues, prepareStudyColumns, setStudyValues, STUDY_VALUES } from "./studyColumns.js";
import { tableOf, createWaiting, literal, mergeWaiting, quoted, type Table } from "./tables.js";
import type { NewRows } from "./rows.js";
import type { Cell } from "./values.js";
import { plainRows, plainValues, type ResultRow, type Value } from "./values.js";

/** What a query's `$name` or `$1` stand for. */
export type Parameters = readonly Cell[] | Readonly<Record<string, Cell>>;

/** A result that is read as it comes. */
export interface RowStream {
  readonly columns: readonly string[];
  /** Rows in the order of the columns, some thousand at a time. */
  readonly parts: AsyncIterable<readonly (readonly Value[])[]>;
}

/** A column of a result, with DuckDB's type. */
export interface ResultColumn {
  readonly name: string;
  readonly type: string;
}

/** Most that a query may give at once. */
export interface ResultLimit {
  readonly rows: number;
  readonly cells: number;
  /** Told the result's columns. */
  readonly onColumns?: (columns: readonly ResultColumn[]) => void;
}

/** How rows are added. */
export interface WriteOptions {
  /** What a row is called in an error. */
  readonly from?: RowSource;
  /**
   * Whether readings take the place of those with the same key, grades and all, as where a batch grades again. Otherwise
   * other grades are refused, and what a reading leaves open stays as it was.
   */
  readonly replaces?: boolean;
}

/** What adding rows has changed. */
export interface Added {
  /** Studies and readings that were not there before. */
  readonly studies: number;
  readonly readings: number;
  /** Readings that were there and are other now: graded for more features, or replaced. */
  readonly changed: number;
}

/** Rows that are handed to DuckDB at once: its own vector size. */
const CHUNK_ROWS = 2048;

/** What DuckDB says of a query, in its first lines, without its stack. */
function queryError(thrown: unknown, readOnly?: string): CohortError {
  if (thrown instanceof CohortError) return thrown;
  const said = thrown instanceof Error ? thrown.message : String(thrown);
  if (isDiskFull(thrown)) return diskFull();
  if (readOnly !== undefined && /read-only/i.test(said)) return new CohortError("read-only", readOnly);
  if (said.includes("connection disconnected")) return closedError();
  return new CohortError(
    "query",
    said
      .replace(/\s*\n\s*\n/g, "\n")
      .slice(0, 600)
      .trimEnd(),
  );
}

function closedError(): CohortError {
  return new CohortError("query", "The cohort is closed; open it again.");
}

/**
 * An error with the stack of whoever asked. Work waits for its turn and for native code, both of which end the chain of
 * calls: without it an error would not tell the cell and line.
 */
function withStackOf(thrown: unknown, caller: Error): unknown {
  const frames = /\n([\s\S]*)/.exec(caller.stack ?? "")?.[1];
  if (thrown instanceof CohortError && frames !== undefined)
    thrown.stack = `${thrown.name}: ${thrown.message}\n${frames}`;
  return thrown;
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
  private isClosed = false;
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

  /**
   * Runs one statement and gives its rows.
   * @param isReading whether a statement that changes or writes anything is refused
   * @throws CohortError "query", also where there are more rows than `most`
   */
  query(sql: string, parameters?: Parameters, most?: ResultLimit, isReading = false): Promise<ResultRow[]> {
    return this.inTurn(async () => {
      try {
        requireText(sql, parameters);
        await requireStatement(this.connection, sql, isReading);
        const values = parameters as DuckDBValue[] | undefined;
        if (most === undefined) {
          const reader = await this.connection.runAndReadAll(sql, values);
          return plainRows(reader.deduplicatedColumnNames(), reader.getRowsJS());
        }
        const result = await this.connection.stream(sql, values);
        const names = result.deduplicatedColumnNames();
        most.onColumns?.(names.map((name, i) => ({ name, type: String(result.columnType(i)) })));
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

  /**
   * Runs one statement that only reads, its rows as they come, beside everything else.
   * @throws CohortError "query", also while they are read
   */
  async stream(sql: string, parameters?: Parameters): Promise<RowStream> {
    const caller = new Error();
    return this.openStream(sql, parameters).catch((thrown: unknown) => {
      throw withStackOf(thrown, caller);
    });
  }

  private async openStream(sql: string, parameters?: Parameters): Promise<RowStream> {
    requireText(sql, parameters);
    await this.inTurn(() => Promise.resolve());
    const { readOnly } = this;
    if (this.isClosed) throw closedError();
    const connection = await this.instance.connect();
    try {
      await requireStatement(connection, sql, true);
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
   * @throws CohortError "bad-record", "collision", "read-only"
   */
  write(rows: NewRows, { from = ANY_SOURCE, replaces = false }: WriteOptions = {}): Promise<Added> {
    return this.inTurn(async () => {
      if (this.readOnly !== undefined) throw new CohortError("read-only", this.readOnly);
      const { [STUDY_VALUES]: own = [], ...all } = rows;
      checkStudyValues(own);
      for (const [name, values] of Object.entries(all)) checkRows(tableOf(name), values, from);
      const added = { studies: 0, readings: 0, changed: 0 };
      try {
        await this.connection.run("BEGIN TRANSACTION");
        const query = (sql: string): Promise<ResultRow[]> => this.rowsOf(sql);
        if (own.length > 0) await prepareStudyColumns(query, own);
        for (const [name, values] of Object.entries(all)) {
          if (values.length === 0) continue;
          const { fresh, changed } = await this.merge(tableOf(name), values, from, replaces);
          if (name === "studies" || name === "readings") added[name] = fresh;
          if (name === "readings") added.changed = changed;
        }
        if (own.length > 0) await setStudyValues(query, own);
        await this.connection.run("COMMIT");
        return added;
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
    this.isClosed = true;
    this.connection.closeSync();
    this.instance.closeSync();
    this.opened.clear();
  }

  private async merge(
    table: Table,
    rows: readonly (readonly Cell[])[],
    from: RowSource,
    replaces: boolean,
  ): Promise<{ fresh: number; changed: number }> {
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
    const query = (sql: string): Promise<ResultRow[]> => this.rowsOf(sql);
    if (table.name === "studies") await requireIdentities(query);
    await requireSameBorders(query, table);
    if (!replaces) {
      await requireOneEach(query, table, from);
      await requireSameGrades(query, table);
    }
    const isCounted = table.name === "studies" || table.name === "readings";
    const counts = isCounted ? await countNew(query, table) : { fresh: 0, changed: 0 };
    for (const statement of mergeWaiting(table, replaces)) await this.connection.run(statement);
    return counts;
  }

  /** Runs SQL within work that has its turn. */
  private async rowsOf(sql: string): Promise<ResultRow[]> {
    const reader = await this.connection.runAndReadAll(sql);
    return plainRows(reader.deduplicatedColumnNames(), reader.getRowsJS());
  }

  /**
   * Runs work after all that was asked before. The promise is not the one that the next work waits for: that one is handled,
   * and an error that nobody waits for would be told to nobody.
   */
  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const caller = new Error();
    const turn = this.last.then(() => {
      if (this.isClosed) throw closedError();
      return work();
    });
    this.last = turn.catch(() => undefined);
    return turn.catch((thrown: unknown) => {
      throw withStackOf(thrown, caller);
    });
  }
}

export { literal, quoted };
