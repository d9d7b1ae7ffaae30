import type { KernelEvent } from "../protocol/index.js";
import type { JsonObject, Output } from "./ipynb.js";
import { storableBundle } from "./storable.js";

/** An output and the display id by which a later event may replace its content (nbformat itself does not keep it). */
interface Shown {
  readonly output: Output;
  readonly displayId?: string;
}

interface CellOutputs {
  readonly shown: readonly Shown[];
  /** The cell asked to clear its outputs as soon as the next one comes. */
  readonly clearOnNext: boolean;
}

/** Outputs of all cells of a notebook while it runs, by cell id. */
export type OutputsState = ReadonlyMap<string, CellOutputs>;

export const NO_OUTPUTS: OutputsState = new Map();

const EMPTY: CellOutputs = { shown: [], clearOnNext: false };

/** The outputs of one cell, as nbformat stores them. */
export function outputsOf(state: OutputsState, cellId: string): Output[] {
  return (state.get(cellId)?.shown ?? []).map((entry) => entry.output);
}

/** The state after one event of the kernel; the given state is not changed. Events that are no output change nothing. */
export function reduceOutputs(state: OutputsState, event: KernelEvent): OutputsState {
  switch (event.type) {
    case "stream":
      return change(state, event.cellId, (shown) => appendStream(shown, event.name, event.text));
    case "display_data": {
      const output: Output = {
        output_type: "display_data",
        data: storableBundle(event.data),
        metadata: { ...event.metadata },
      };
      const entry: Shown =
        event.displayId === undefined ? { output } : { output, displayId: event.displayId };
      return change(state, event.cellId, (shown) => [...shown, entry]);
    }
    case "update_display_data":
      return updateDisplays(state, event.displayId, storableBundle(event.data), { ...event.metadata });
    case "execute_result":
      return append(state, event.cellId, {
        output_type: "execute_result",
        data: storableBundle(event.data),
        execution_count: event.executionCount,
        metadata: { ...event.metadata },
      });
    case "error":
      return append(state, event.cellId, {
        output_type: "error",
        ename: event.ename,
        evalue: event.evalue,
        traceback: [...event.traceback],
      });
    case "clear_output": {
      const shown = event.wait ? (state.get(event.cellId) ?? EMPTY).shown : [];
      return new Map(state).set(event.cellId, { shown, clearOnNext: event.wait });
    }
    default:
      return state;
  }
}

function append(state: OutputsState, cellId: string, output: Output): OutputsState {
  return change(state, cellId, (shown) => [...shown, { output }]);
}

/** Applies a change to one cell's outputs, first clearing them where the cell asked for that. */
function change(
  state: OutputsState,
  cellId: string,
  edit: (shown: readonly Shown[]) => readonly Shown[],
): OutputsState {
  const { shown, clearOnNext } = state.get(cellId) ?? EMPTY;
  return new Map(state).set(cellId, { shown: edit(clearOnNext ? [] : shown), clearOnNext: false });
}

/** Adds text to the last output where that is the same stream, so that a loop of prints stays one output. */
function appendStream(shown: readonly Shown[], name: "stdout" | "stderr", text: string): readonly Shown[] {
  const last = shown.at(-1)?.output;
  if (last?.output_type === "stream" && last.name === name)
    return [...shown.slice(0, -1), { output: { ...last, text: last.text + text } }];
  return [...shown, { output: { output_type: "stream", name, text } }];
}

/** Gives new content to every display with this id, whichever cell it stands in. */
function updateDisplays(
  state: OutputsState,
  displayId: string,
  data: JsonObject,
  metadata: JsonObject,
): OutputsState {
  return new Map(
    [...state].map(([cellId, cell]) => [
      cellId,
      {
        ...cell,
        shown: cell.shown.map((entry) =>
          entry.displayId === displayId ? { displayId, output: { ...entry.output, data, metadata } } : entry,
        ),
      },
    ]),
  );
}
