import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { CohortError } from "../errors.js";
import { newSalt } from "../pseudonym.js";
import type { CohortRecords, ReadingRecord } from "../records.js";
import { Database, literal } from "./database.js";
import type { Added, Parameters, ResultLimit, RowStream, WriteOptions } from "./database.js";
import { readForm } from "./form.js";
import { requireText } from "./statements.js";
import { readingOf, rowsOf, type NewRows } from "./rows.js";
import { quoted, SCHEMA_VERSION, tableOf } from "./tables.js";
import type { ResultRow } from "./values.js";

/** Which readings are wanted; what is left open is not asked for. */
export interface ReadingFilter {
  readonly study?: string;
  readonly level?: string;
  readonly rater?: string;
  readonly model?: string;
  /** The reader whose convention a model's Pfirrmann grades follow; "" for grades without one. */
  readonly reader?: string;
  readonly reading?: number;
}

/** One page of a query's result. */
export interface Page {
  /** Names and DuckDB's types of the columns. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly ResultRow[];
  /** Rows of all pages. */
  readonly total: number;
}

/** A column of readings as a filter compares it: grades that follow no reader are those of the reader "". */
export function filtered(column: string): string {
  return column === "reader" ? `coalesce(reader, '')` : quoted(column);
}

/** A row's place in a query's own order. */
const PLACE = `"~place"`;

export interface PageRequest {
  /** From 0. */
  readonly offset: number;
  readonly limit: number;
  readonly sortBy?: string;
  readonly descending?: boolean;
  /** Rows in which any column holds this text, upper and lower case alike. */
  readonly filter?: string;
}

/** A file that this process has open: DuckDB would open it twice and lose what one of the two writes. */
interface OpenFile {
  readonly store: Promise<CohortStore>;
  users: number;
  /** Set while it is let go of. */
  closing?: Promise<void>;
}

const open = new Map<string, OpenFile>();

/** One name for a file, whichever way leads to it. */
async function fileKey(path: string): Promise<string> {
  const whole = resolve(path);
  const key = await realpath(whole).catch(async () => {
    const folder = await realpath(dirname(whole)).catch(() => dirname(whole));
    return join(folder, basename(whole));
  });
  return process.platform === "win32" ? key.toLowerCase() : key;
}

/** Studies, series, detections, grades and where they came from, in one DuckDB file. */
export class CohortStore {
  private constructor(
    private readonly database: Database,
    private readonly key: string,
    /** The secret of this cohort's pseudonyms. */
    readonly salt: string,
    /** Whether an earlier Spinebook may have put people of two data sets together in it. */
    readonly isMixed: boolean,
  ) {}

  /** Why it can only be read, as a sentence; absent where it can be written. */
  get readOnly(): string | undefined {
    return this.database.readOnly;
  }

  /**
   * Opens a cohort's file, or makes one. Within a process a file is opened once and shared.
   * @param path a file, or `:memory:` for a cohort that is gone afterwards
   * @param options.salt the secret of a new cohort's pseudonyms, where it is a part of another one; random unless given
   * @throws CohortError
   */
  static async open(path: string, options: { readonly salt?: string } = {}): Promise<CohortStore> {
    if (path === ":memory:") return CohortStore.make(path, "", options.salt);
    const key = await fileKey(path);
    for (let known = open.get(key); known !== undefined; known = open.get(key)) {
      if (known.closing === undefined) {
        known.users++;
        return known.store;
      }
      await known.closing;
    }
    const store = CohortStore.make(key, key, options.salt);
    open.set(key, { store, users: 1 });
    store.catch(() => open.delete(key));
    return store;
  }

  private static async make(path: string, key: string, given?: string): Promise<CohortStore> {
    const database = await Database.open(path);
    try {
      const form = await readForm(database, path);
      const isEmpty =
        database.readOnly === undefined &&
        (await database.query("SELECT 1 FROM studies UNION ALL SELECT 1 FROM attempts LIMIT 1")).length === 0;
      // A cohort without studies has no pseudonyms yet, so that it can take over another one's secret.
      const isNew = form.salt === undefined || (isEmpty && given !== undefined);
      const salt = isNew ? (given ?? newSalt()) : form.salt;
      if (given !== undefined && given !== salt)
        throw new CohortError(
          "bad-option",
          `${basename(path)} holds studies under pseudonyms of its own; gather the shards into a new cohort.`,
        );
      if (isNew && database.readOnly === undefined)
        await database.write({
          meta: [
            ["version", String(SCHEMA_VERSION)],
            ["salt", salt],
          ],
        });
      return new CohortStore(database, key, salt, form.isMixed);
    } catch (thrown) {
      await database.close();
      throw thrown;
    }
  }

  /**
   * Adds records, all or none. What a record leaves open stays as it was; a reading with other grades than the one that is
   * there is refused, unless it is to replace it.
   * @throws CohortError
   */
  add(records: Partial<CohortRecords>, options: Pick<WriteOptions, "replaces"> = {}): Promise<Added> {
    return this.write(rowsOf(records), options);
  }

  /** Adds rows of any tables, all or none. @throws CohortError "bad-record", "collision", "read-only" */
  write(rows: NewRows, options: WriteOptions = {}): Promise<Added> {
    return this.database.write(rows, options);
  }

  /**
   * Runs one SQL statement of Spinebook's own, which may write.
   * @param most how much it may give, everything unless given
   * @throws CohortError "query" with what DuckDB says
   */
  sql(text: string, parameters?: Parameters, most?: ResultLimit): Promise<ResultRow[]> {
    return this.database.query(text, parameters, most);
  }

  /** Runs one SQL statement of a user's, which only reads. @throws CohortError "query", also for one that would write */
  ask(text: string, parameters?: Parameters, most?: ResultLimit): Promise<ResultRow[]> {
    return this.database.query(text, parameters, most, true);
  }

  /** Runs one SQL statement that only reads, its rows as they come. @throws CohortError "query", also while they are read */
  stream(text: string, parameters?: Parameters): Promise<RowStream> {
    return this.database.stream(text, parameters);
  }

  /** Readings, ordered by study, level from above, rater, reading. */
  async readings(filter: ReadingFilter = {}): Promise<ReadingRecord[]> {
    const known = Object.entries(filter).filter(([, value]) => value !== undefined);
    const where = known.map(([name]) => `${filtered(name)} = $${name}`).join(" AND ");
    const rows = await this.sql(
      `SELECT * FROM readings ${where === "" ? "" : `WHERE ${where}`} ORDER BY study, level_order(level), rater, model, reader NULLS FIRST, reading`,
      Object.fromEntries(known),
    );
    return rows.map(readingOf);
  }

  /** One page of what a SELECT gives, sorted and filtered by the database. @throws CohortError "query" */
  async page(select: string, parameters: Parameters | undefined, request: PageRequest): Promise<Page> {
    if (![request.offset, request.limit].every((one) => Number.isSafeInteger(one) && one >= 0))
      throw new CohortError("bad-option", "A page has a whole offset and limit of at least 0.");
    requireText(select, parameters);
    const bare = select.trim().replace(/;+$/, "");
    // On a line of its own the bracket is outside of a comment at the end.
    const inner = `(${bare}\n)`;
    const described = await this.ask(`DESCRIBE ${bare}`, parameters);
    const columns = described.map((row) => ({
      name: row.column_name as string,
      type: row.column_type as string,
    }));
    const wanted = request.filter?.trim() ?? "";
    const where =
      wanted === ""
        ? ""
        : `WHERE ${columns.map(({ name }) => `contains(lower(${quoted(name)}::VARCHAR), lower(${literal(wanted)}))`).join(" OR ")}`;
    const isKnown = columns.some(({ name }) => name === request.sortBy);
    // Grades are nothing but ties: without the rows' own place behind them, pages would repeat and leave out rows.
    const [place, order] = isKnown
      ? [
          `, row_number() OVER () AS ${PLACE}`,
          `ORDER BY ${quoted(request.sortBy!)} ${request.descending ? "DESC" : "ASC"} NULLS LAST, ${PLACE}`,
        ]
      : ["", ""];
    const [counted] = await this.ask(`SELECT count(*) AS total FROM ${inner} ${where}`, parameters);
    const rows = await this.ask(
      `SELECT ${isKnown ? `* EXCLUDE (${PLACE})` : "*"} FROM (SELECT *${place} FROM ${inner}) ${where} ${order} LIMIT ${request.limit} OFFSET ${request.offset}`,
      parameters,
    );
    return { columns, rows, total: Number(counted!.total) };
  }

  /** How many rows a table has. */
  async count(table: string): Promise<number> {
    const [row] = await this.sql(`SELECT count(*) AS total FROM ${quoted(tableOf(table).name)}`);
    return Number(row!.total);
  }

  /** Lets go of the file when the last user in this process does; each calls it once. */
  async close(): Promise<void> {
    const file = open.get(this.key);
    if (file === undefined) {
      await this.database.close();
      return;
    }
    if (--file.users > 0) return;
    // Until it is closed nobody may open it again.
    file.closing = this.database.close().finally(() => open.delete(this.key));
    await file.closing;
  }
}
