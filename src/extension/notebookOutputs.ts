import * as vscode from "vscode";
import type { KernelEvent } from "../protocol/index.js";
import { bundleItems, errorOf } from "./outputs.js";

type CellEvent = KernelEvent & { readonly cellId: string };

/** An output that stands in a cell. */
interface Shown {
  readonly cellId: string;
  readonly output: vscode.NotebookCellOutput;
}

/** A cell's name towards the kernel: unique within its notebook, kept when cells move, and free of paths. */
export function cellIdOf(cell: vscode.NotebookCell): string {
  return cell.document.uri.fragment;
}

/** Writes what one notebook's kernel says into the notebook's cells, also when it says it after the cell has ended. */
export class NotebookOutputs {
  private running: { readonly cellId: string; readonly execution: vscode.NotebookCellExecution } | undefined;
  /** The output to which a cell's next text is joined, as long as nothing else has been written since. */
  private readonly openStreams = new Map<
    string,
    { readonly name: string; readonly output: vscode.NotebookCellOutput }
  >();
  /** Every output that was shown under a display id; an update reaches all of them, in whichever cell they are. */
  private readonly displays = new Map<string, readonly Shown[]>();
  /** Cells whose outputs go away when the next one comes. */
  private readonly clearOnNext = new Set<string>();

  constructor(
    private readonly controller: vscode.NotebookController,
    private readonly notebook: vscode.NotebookDocument,
  ) {}

  /** From here on `execution` is the one through which the cell's outputs are written. */
  begin(cell: vscode.NotebookCell, execution: vscode.NotebookCellExecution): void {
    const cellId = cellIdOf(cell);
    this.running = { cellId, execution };
    this.openStreams.delete(cellId);
    this.clearOnNext.delete(cellId);
    for (const [id, shown] of this.displays) {
      const left = shown.filter((one) => one.cellId !== cellId);
      if (left.length > 0) this.displays.set(id, left);
      else this.displays.delete(id);
    }
  }

  /** The execution is about to end: later outputs need one of their own. */
  finish(): void {
    this.running = undefined;
  }

  write(event: CellEvent): void {
    if (event.type === "provenance") return; // it is no output
    this.withExecution(event.cellId, (execution) => {
      if (event.type === "clear_output" && event.wait) {
        this.clearOnNext.add(event.cellId);
        return;
      }
      if (event.type === "clear_output" || this.clearOnNext.delete(event.cellId)) {
        this.openStreams.delete(event.cellId);
        void execution.clearOutput();
      }
      this.append(event, execution);
    });
  }

  private append(event: CellEvent, execution: vscode.NotebookCellExecution): void {
    if (event.type === "stream") {
      this.appendText(event, execution);
      return;
    }
    if (event.type === "update_display_data") {
      const items = bundleItems(event.data).map(toItem);
      for (const { output } of this.displays.get(event.displayId) ?? [])
        void execution.replaceOutputItems(items, output);
      return;
    }
    const output = outputOf(event);
    if (output === undefined) return;
    if (event.type === "display_data" && event.displayId !== undefined)
      this.displays.set(event.displayId, [
        ...(this.displays.get(event.displayId) ?? []),
        { cellId: event.cellId, output },
      ]);
    this.openStreams.delete(event.cellId);
    void execution.appendOutput(output);
  }

  private appendText(
    event: Extract<CellEvent, { type: "stream" }>,
    execution: vscode.NotebookCellExecution,
  ): void {
    const make = (text: string): vscode.NotebookCellOutputItem =>
      event.name === "stdout"
        ? vscode.NotebookCellOutputItem.stdout(text)
        : vscode.NotebookCellOutputItem.stderr(text);
    const open = this.openStreams.get(event.cellId);
    if (open?.name === event.name) {
      void execution.appendOutputItems(make(event.text), open.output);
      return;
    }
    const output = new vscode.NotebookCellOutput([make(event.text)]);
    this.openStreams.set(event.cellId, { name: event.name, output });
    void execution.appendOutput(output);
  }

  /** Outputs can be changed only within an execution; a cell that has ended gets one that keeps its times and its mark. */
  private withExecution(cellId: string, write: (execution: vscode.NotebookCellExecution) => void): void {
    if (this.running?.cellId === cellId) {
      write(this.running.execution);
      return;
    }
    const cell = this.notebook.getCells().find((candidate) => cellIdOf(candidate) === cellId);
    if (cell === undefined) return; // deleted since: nowhere to write to
    const before = cell.executionSummary;
    const execution = this.controller.createNotebookCellExecution(cell);
    execution.executionOrder = before?.executionOrder;
    execution.start(before?.timing?.startTime);
    write(execution);
    execution.end(before?.success, before?.timing?.endTime);
  }
}

function outputOf(event: CellEvent): vscode.NotebookCellOutput | undefined {
  if (event.type === "error") {
    // Without it the serializer would write the lines of the stack with line ends, and they come back twice as far apart.
    const { ename, evalue, traceback } = event;
    const metadata = { originalError: { output_type: "error", ename, evalue, traceback } };
    return new vscode.NotebookCellOutput([vscode.NotebookCellOutputItem.error(errorOf(event))], metadata);
  }
  if (event.type !== "display_data" && event.type !== "execute_result") return undefined;
  // The serializer writes `outputType` back to the file; without it a result would be saved as a display.
  const metadata = { outputType: event.type, metadata: event.metadata };
  return new vscode.NotebookCellOutput(bundleItems(event.data).map(toItem), metadata);
}

function toItem(item: { readonly mime: string; readonly data: Uint8Array }): vscode.NotebookCellOutputItem {
  return new vscode.NotebookCellOutputItem(item.data, item.mime);
}
