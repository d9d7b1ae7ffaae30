/** Where a table's rows come from: its own payload, or page by page from the kernel. */
import { TABLE_TARGET, type TableAnswer } from "../../protocol/index.js";
import type { DisplayChannel, RendererHost } from "../messaging.js";
import { PAGE_ROWS, visibleRows, type TableResource, type TableState, type TableView } from "./model.js";

export interface RowSource {
  /** Rows without a filter. */
  readonly total: number;
  /** What the state asks for. A promise only where the kernel is asked; it rejects with a sentence for the reader. */
  view(state: TableState): TableView | Promise<TableView>;
  dispose(): void;
}

/** The rows of the payload, or those of the kernel where there are more and the kernel can be reached. */
export function rowSource(table: TableResource, host: RendererHost): RowSource {
  if (table.live === undefined || host.openChannel === undefined)
    return { total: table.data.length, view: (state) => visibleRows(table, state), dispose: () => undefined };
  const channel = host.openChannel(TABLE_TARGET, { session: table.live.session });
  return liveSource(table, table.live.total, channel);
}

function liveSource(table: TableResource, total: number, channel: DisplayChannel): RowSource {
  const waiting = new Map<number, (answer: TableAnswer) => void>();
  let [count, isOver] = [0, false];
  channel.onMessage((data) => {
    const answer = data as unknown as TableAnswer;
    waiting.get(answer.number)?.(answer);
    waiting.delete(answer.number);
  });
  channel.onClose(() => {
    isOver = true;
    for (const [number, resolve] of waiting) resolve({ number, failed: "" });
    waiting.clear();
  });
  const ask = (state: TableState): Promise<TableAnswer> =>
    new Promise((resolve) => {
      const number = ++count;
      waiting.set(number, resolve);
      const field = table.schema.fields[state.sortBy];
      channel.send({
        number,
        offset: state.page * PAGE_ROWS,
        limit: PAGE_ROWS,
        filter: state.filter,
        ...(field === undefined ? {} : { sortBy: field.name, descending: state.descending }),
      });
    });
  /** What the output itself holds, when the kernel that made it has gone. */
  const alone = (state: TableState): TableView => visibleRows(table, state);
  return {
    total,
    view(state) {
      if (isOver) return alone(state);
      return ask(state).then((answer) => {
        if (!("failed" in answer)) {
          const pages = Math.max(1, Math.ceil(answer.total / PAGE_ROWS));
          return { rows: answer.rows, total: answer.total, pages, page: Math.min(state.page, pages - 1) };
        }
        if (answer.failed === "") return alone(state);
        throw new Error(answer.failed);
      });
    },
    dispose: () => {
      channel.close();
    },
  };
}
