/** Where a table's rows come from: its own payload, or page by page from the kernel. */
import { TABLE_TARGET, type TableAnswer } from "../../protocol/index.js";
import { tableAnswer } from "../forms.js";
import { asker, type DisplayChannel, type RendererHost } from "../messaging.js";
import {
  PAGE_ROWS,
  visibleRows,
  wantedRows,
  type TableResource,
  type TableState,
  type TableView,
} from "./model.js";

export interface RowSource {
  /** Rows without a filter. */
  readonly total: number;
  /** Whether the kernel that has the rows is gone, so that only those of the output are left. */
  readonly isCutOff: boolean;
  /** What the state asks for. A promise only where the kernel is asked; it rejects with a sentence for the reader. */
  view(state: TableState): TableView | Promise<TableView>;
  /** The rows of all pages, as far as they can be had. */
  all(state: TableState): TableResource["data"] | Promise<TableResource["data"]>;
  dispose(): void;
}

/** The rows of the payload, or those of the kernel where there are more and the kernel can be reached. */
export function rowSource(table: TableResource, host: RendererHost): RowSource {
  if (table.live === undefined || host.openChannel === undefined)
    return {
      total: table.data.length,
      isCutOff: false,
      view: (state) => visibleRows(table, state),
      all: (state) => wantedRows(table, state),
      dispose: () => undefined,
    };
  const channel = host.openChannel(TABLE_TARGET, { session: table.live.session });
  return liveSource(table, table.live.total, channel);
}

/** Rows that are asked for at once when all are saved; the kernel gives no more. */
const SAVED_ROWS = 1000;
const GONE = "The kernel has gone, and with it the rest of the rows: run the cell again to save them all.";
const SILENT = "The kernel does not answer. It may be busy with a cell: try again when it has ended.";

function liveSource(table: TableResource, total: number, channel: DisplayChannel): RowSource {
  const ask = asker(channel);
  let isCutOff = false;
  channel.onClose(() => {
    isCutOff = true;
  });
  /** `undefined` where the kernel that made the output has gone. */
  async function part(
    state: TableState,
    offset: number,
    limit: number,
  ): Promise<Exclude<TableAnswer, { failed: string }> | undefined> {
    const field = table.schema.fields[state.sortBy];
    const reply = await ask({
      offset,
      limit,
      filter: state.filter,
      ...(field === undefined ? {} : { sortBy: field.name, descending: state.descending }),
    });
    if (reply === "silent") throw new Error(SILENT);
    if (reply === "over") return undefined;
    const answer = tableAnswer(reply);
    if (answer === undefined) throw new Error(SILENT);
    if ("failed" in answer) throw new Error(answer.failed);
    return answer;
  }
  return {
    total,
    get isCutOff() {
      return isCutOff;
    },
    async view(state) {
      const answer = await part(state, state.page * PAGE_ROWS, PAGE_ROWS);
      // What the output itself holds.
      if (!answer) return visibleRows(table, state);
      const pages = Math.max(1, Math.ceil(answer.total / PAGE_ROWS));
      return { rows: answer.rows, total: answer.total, pages, page: Math.min(state.page, pages - 1) };
    },
    async all(state) {
      const rows: Readonly<Record<string, unknown>>[] = [];
      for (;;) {
        const answer = await part(state, rows.length, SAVED_ROWS);
        if (!answer) throw new Error(GONE);
        rows.push(...answer.rows);
        if (answer.rows.length === 0 || rows.length >= answer.total) return rows;
      }
    },
    dispose: () => {
      channel.close();
    },
  };
}
