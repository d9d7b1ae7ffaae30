/** Where a table's rows come from: its own payload, or page by page from the kernel. */
import { TABLE_TARGET, type TableAnswer } from "../../protocol/index.js";
import { asker, type DisplayChannel, type RendererHost } from "../messaging.js";
import { PAGE_ROWS, visibleRows, type TableResource, type TableState, type TableView } from "./model.js";

export interface RowSource {
  /** Rows without a filter. */
  readonly total: number;
  /** Whether the kernel that has the rows is gone, so that only those of the output are left. */
  readonly isCutOff: boolean;
  /** What the state asks for. A promise only where the kernel is asked; it rejects with a sentence for the reader. */
  view(state: TableState): TableView | Promise<TableView>;
  dispose(): void;
}

/** The rows of the payload, or those of the kernel where there are more and the kernel can be reached. */
export function rowSource(table: TableResource, host: RendererHost): RowSource {
  if (table.live === undefined || host.openChannel === undefined)
    return {
      total: table.data.length,
      isCutOff: false,
      view: (state) => visibleRows(table, state),
      dispose: () => undefined,
    };
  const channel = host.openChannel(TABLE_TARGET, { session: table.live.session });
  return liveSource(table, table.live.total, channel);
}

const SILENT = "The kernel does not answer. It may be busy with a cell: try again when it has ended.";

function liveSource(table: TableResource, total: number, channel: DisplayChannel): RowSource {
  const ask = asker(channel);
  let isCutOff = false;
  channel.onClose(() => {
    isCutOff = true;
  });
  return {
    total,
    get isCutOff() {
      return isCutOff;
    },
    async view(state) {
      const field = table.schema.fields[state.sortBy];
      const reply = await ask({
        offset: state.page * PAGE_ROWS,
        limit: PAGE_ROWS,
        filter: state.filter,
        ...(field === undefined ? {} : { sortBy: field.name, descending: state.descending }),
      });
      if (reply === "silent") throw new Error(SILENT);
      // What the output itself holds, when the kernel that made it has gone.
      if (reply === "over") return visibleRows(table, state);
      const answer = reply as unknown as TableAnswer;
      if ("failed" in answer) throw new Error(answer.failed);
      const pages = Math.max(1, Math.ceil(answer.total / PAGE_ROWS));
      return { rows: answer.rows, total: answer.total, pages, page: Math.min(state.page, pages - 1) };
    },
    dispose: () => {
      channel.close();
    },
  };
}
