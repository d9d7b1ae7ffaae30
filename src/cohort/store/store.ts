import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { CohortError } from "../errors.js";
import { newSalt } from "../pseudonym.js";
import type { CohortRecords, ReadingRecord } from "../records.js";
import { Database, literal, type Parameters } from "./database.js";
import { readingOf, rowsOf, type NewRows } from "./rows.js";
import { CREATE_ALL, quoted, SCHEMA_VERSION, tableOf } from "./tables.js";
import type { ResultRow } from "./values.js";

/** Which readings are wanted; what is left open is not asked for. */
export interface ReadingFilter {
  readonly study?: string;
  readonly level?: string;
  readonly rater?: string;
  readonly model?: string;
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

export interface PageRequest {
  /** From 0. */
  readonly offset: number;
  readonly limit: number;
  readonly sortBy?: string;
  readonly descending?: boolean;
  /** Rows in which any column holds this text, upper and lower case alike. */
  readonly filter?: string;
}

/** Stores that this process has open: DuckDB would open a file twice and lose what one of the two writes. */
const open = new Map<string, { store: Promise<CohortStore>; users: number }>();

async function fileKey(path: string): Promise<string> {
  if (path === ":memory:") return path;
  const folder = await realpath(dirname(resolve(path))).catch(() => dirname(resolve(path)));
  return join(folder, basename(path));
}

/** Studies, series, detections, grades and where they came from, in one DuckDB file. */
export class CohortStore {
  private constructor(
    private readonly database: Database,
    private readonly key: string,
    /** The secret of this cohort's pseudonyms. */
    readonly salt: string,
  ) {}

  /**
   * Opens a cohort's file, or makes one. Within a process a file is opened once and shared.
   * @param path a file, or `:memory:` for a cohort that is gone afterwards
   * @param options.salt the secret of a new cohort's pseudonyms, where it is a part of another one; random unless given
   * @throws CohortError
   */
  static async open(path: string, options: { readonly salt?: string } = {}): Promise<CohortStore> {
    if (path === ":memory:") return CohortStore.make(path, "", options.salt);
    const key = await fileKey(path);
    const known = open.get(key);
    if (known !== undefined) {
      known.users++;
      return known.store;
    }
    const store = CohortStore.make(key, key, options.salt);
    open.set(key, { store, users: 1 });
    store.catch(() => open.delete(key));
    return store;
  }

  private static async make(path: string, key: string, given?: string): Promise<CohortStore> {
    const database = await Database.open(path);
    try {
      for (const statement of CREATE_ALL) await database.query(statement);
      const meta = new Map(
        (await database.query(`SELECT "key", "value" FROM meta`)).map(({ key: name, value }) => [
          name,
          value,
        ]),
      );
      const version = Number(meta.get("version") ?? SCHEMA_VERSION);
      if (version > SCHEMA_VERSION)
        throw new CohortError(
          "newer-version",
          `${basename(path)} was written by a newer Spinebook (its form ${version}, known here ${SCHEMA_VERSION}); update Spinebook.`,
        );
      const known = meta.get("salt");
      const salt = typeof known === "string" ? known : (given ?? newSalt());
      if (known === undefined)
        await database.write({
          meta: [
            ["version", String(SCHEMA_VERSION)],
            ["salt", salt],
          ],
        });
      return new CohortStore(database, key, salt);
    } catch (thrown) {
      await database.close();
      throw thrown;
    }
  }

  /** Adds records, all or none; a record replaces the one with the same ids. @throws CohortError */
  add(records: Partial<CohortRecords>): Promise<void> {
    return this.write(rowsOf(records));
  }

  /** Adds rows of any tables, all or none. */
  write(rows: NewRows): Promise<void> {
    return this.database.write(rows);
  }

  /** Runs one SQL statement. @throws CohortError "query" with what DuckDB says */
  sql(text: string, parameters?: Parameters): Promise<ResultRow[]> {
    return this.database.query(text, parameters);
  }

  /** Readings, ordered by study, level from above, rater, reading. */
  async readings(filter: ReadingFilter = {}): Promise<ReadingRecord[]> {
    const known = Object.entries(filter).filter(([, value]) => value !== undefined);
    const where = known.map(([name]) => `${quoted(name)} = $${name}`).join(" AND ");
    const rows = await this.sql(
      `SELECT * FROM readings ${where === "" ? "" : `WHERE ${where}`} ORDER BY study, level_order(level), rater, model, reading`,
      Object.fromEntries(known),
    );
    return rows.map(readingOf);
  }

  /** One page of what a SELECT gives, sorted and filtered by the database. @throws CohortError "query" */
  async page(select: string, parameters: Parameters | undefined, request: PageRequest): Promise<Page> {
    const inner = `(${select.trim().replace(/;+$/, "")})`;
    const described = await this.sql(`DESCRIBE ${inner.slice(1, -1)}`, parameters);
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
    const order = isKnown
      ? `ORDER BY ${quoted(request.sortBy!)} ${request.descending ? "DESC" : "ASC"} NULLS LAST`
      : "";
    const [counted] = await this.sql(`SELECT count(*) AS total FROM ${inner} ${where}`, parameters);
    const rows = await this.sql(
      `SELECT * FROM ${inner} ${where} ${order} LIMIT ${Math.floor(request.limit)} OFFSET ${Math.floor(request.offset)}`,
      parameters,
    );
    return { columns, rows, total: Number(counted!.total) };
  }

  /** Where the images of a series lie; `undefined` where that is not known. */
  async locationOf(study: string, series?: string): Promise<string | undefined> {
    const rows = await this.sql(
      `SELECT location FROM locations WHERE study = $study AND ($series IS NULL OR series = $series) ORDER BY series LIMIT 1`,
      { study, series: series ?? null },
    );
    const location = rows[0]?.location;
    return typeof location === "string" ? location : undefined;
  }

  /** How many rows a table has. */
  async count(table: string): Promise<number> {
    const [row] = await this.sql(`SELECT count(*) AS total FROM ${quoted(tableOf(table).name)}`);
    return Number(row!.total);
  }

  /** Lets go of the file when the last user in this process does. */
  async close(): Promise<void> {
    const entry = open.get(this.key);
    if (entry !== undefined && --entry.users > 0) return;
    open.delete(this.key);
    await this.database.close();
  }
}
