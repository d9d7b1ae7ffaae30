import { randomUUID } from "node:crypto";
import * as v from "valibot";
import { arrowOf, columnsOf, type ArrowTable, type ColumnValues } from "./arrow.js";
import { CohortError } from "../cohort/index.js";
import type { CohortStore, Page, PageRequest, Parameters, ResultLimit, ResultRow } from "../cohort/index.js";
import {
  kernelHooks,
  TABLE_MIME,
  TABLE_TARGET,
  type DisplayComm,
  type MimeBundle,
  type TableQuestion,
} from "../protocol/index.js";
import { checked, finiteNumber, wholeNumber } from "../text/index.js";
import type { Schema } from "../text/index.js";
import {
  jsonRow,
  jupyterDisplay,
  tableBundle,
  toCsv,
  toHtml,
  toLatex,
  toMarkdown,
} from "../figures/index.js";
import type { Displayable, LatexOptions, TableOptions } from "../figures/index.js";

/** Rows that stand in the output itself, for front ends that cannot ask for more, and for saved notebooks. */
const KEPT_ROWS = 1000;
const KEPT_CELLS = 40_000;
/** Rows that a display may ask for at once. */
const MOST_ROWS = 1000;

/** What one call gives at once; more would fill the memory of the kernel. */
export const AT_ONCE: ResultLimit = { rows: 1_000_000, cells: 20_000_000 };

/** Tables that displays may ask for, by the random name in their output. */
const tables = new Map<string, CohortTable>();

/** The result of a query, of any length. As the last value of a cell it shows itself, page by page from the database. */
export class CohortTable<T extends ResultRow = ResultRow> implements Displayable {
  private readonly session = randomUUID();

  private constructor(
    private readonly store: CohortStore,
    private readonly select: string,
    private readonly parameters: Parameters | undefined,
    /** Names and DuckDB's types of the columns. */
    readonly columns: readonly { readonly name: string; readonly type: string }[],
    /** Rows in all. */
    readonly total: number,
  ) {}

  /** @throws CohortError with what DuckDB says of the query */
  static async of<T extends ResultRow = ResultRow>(
    store: CohortStore,
    select: string,
    parameters?: Parameters,
  ): Promise<CohortTable<T>> {
    const { columns, total } = await store.page(select, parameters, { offset: 0, limit: 0 });
    return new CohortTable<T>(store, select, parameters, columns, total);
  }

  /** The first rows, all of them unless limited. @throws CohortError where they are more than are given at once */
  async rows(limit = this.total): Promise<readonly T[]> {
    return (await this.page({ offset: 0, limit: Math.min(limit, this.total) })).rows as readonly T[];
  }

  /** Rows in all. */
  get length(): number {
    return this.total;
  }

  /**
   * All rows one by one as the database gives them, however many there are.
   * @example for await (const { study, level } of table) ...
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    const { columns, parts } = await this.store.stream(this.select, this.parameters);
    for await (const part of parts)
      for (const row of part) yield Object.fromEntries(columns.map((name, i) => [name, row[i]])) as T;
  }

  /** All rows as an array. @throws CohortError where they are more than are given at once */
  async toArray(): Promise<T[]> {
    return [...(await this.rows())];
  }

  /**
   * All rows as columns by name, numbers as typed arrays: what `tableFromArrays` of Arrow and `table` of Arquero take.
   * @throws CohortError where they are more than are given at once
   */
  async toColumns(): Promise<Record<string, ColumnValues>> {
    return columnsOf(await this.rows(), this.columns);
  }

  /** All rows as a table of Apache Arrow's. @throws CohortError also where `apache-arrow` is not installed beside the notebook */
  async toArrow(): Promise<ArrowTable> {
    return arrowOf(await this.rows(), this.columns);
  }

  /** One page, sorted and filtered by the database. @throws CohortError where it is larger than what is given at once */
  async page(request: PageRequest): Promise<Page> {
    const most = Math.min(AT_ONCE.rows, Math.floor(AT_ONCE.cells / Math.max(1, this.columns.length)));
    if (request.limit > most)
      throw new CohortError(
        "query",
        `At most ${most.toLocaleString("en")} rows of this table are given at once, of ${this.total.toLocaleString("en")}; rows(limit) gives the first ones, page({ offset, limit }) any part.`,
      );
    return this.store.page(this.select, this.parameters, request);
  }

  /** All rows for a manuscript; see the function `toLatex`. */
  async toLatex(options?: LatexOptions): Promise<string> {
    return toLatex(await this.rows(), this.written(options));
  }

  /** All rows; see the function `toMarkdown`. */
  async toMarkdown(options?: TableOptions): Promise<string> {
    return toMarkdown(await this.rows(), this.written(options));
  }

  /** All rows with all digits; see the function `toCsv`. */
  async toCsv(options?: Pick<TableOptions, "columns">): Promise<string> {
    return toCsv(await this.rows(), this.written(options));
  }

  /** All rows; see the function `toHtml`. */
  async toHtml(options?: TableOptions): Promise<string> {
    return toHtml(await this.rows(), this.written(options));
  }

  /** The query's columns where no others are told: a result without rows has them, too. */
  private written<O extends TableOptions>(options?: O): TableOptions & O {
    return { columns: this.columns.map(({ name }) => name), ...options } as TableOptions & O;
  }

  async [jupyterDisplay](): Promise<MimeBundle> {
    const kept = Math.min(KEPT_ROWS, Math.max(1, Math.floor(KEPT_CELLS / this.columns.length)));
    const rows = await this.rows(Math.min(kept, this.total));
    const bundle = tableBundle(
      rows,
      this.columns.map(({ name }) => name),
      this.total,
    );
    const resource = bundle[TABLE_MIME] as object;
    if (rows.length === this.total) return bundle;
    tables.set(this.session, this);
    kernelHooks()?.onComm(TABLE_TARGET, attend);
    return {
      ...bundle,
      [TABLE_MIME]: {
        ...resource,
        live: { session: this.session, total: this.total },
      },
    };
  }
}

const TABLE_QUESTION: Schema<TableQuestion> = v.object({
  number: finiteNumber(),
  offset: wholeNumber(0),
  limit: wholeNumber(0),
  sortBy: v.optional(v.string()),
  descending: v.optional(v.boolean()),
  filter: v.optional(v.string()),
});

/** Answers a display that wants another page; one whose table is gone is sent away. */
function attend(comm: DisplayComm, data: Readonly<Record<string, unknown>>): void {
  const table = tables.get(String(data.session));
  if (table === undefined) {
    comm.close();
    return;
  }
  comm.onMessage((message) => {
    const { value: question, problem } = checked(message, TABLE_QUESTION);
    if (problem !== undefined) {
      const failed = `The kernel does not understand what the table asks for: ${problem}.`;
      comm.send({ number: message.number, failed });
      return;
    }
    const { number, limit, ...page } = question;
    table
      .page({ ...page, limit: Math.min(MOST_ROWS, limit) })
      .then(({ rows, total }) => {
        comm.send({ number, rows: rows.map(jsonRow), total });
      })
      .catch((thrown: unknown) => {
        comm.send({
          number,
          failed: thrown instanceof Error ? thrown.message : "The table cannot be read.",
        });
      });
  });
}
