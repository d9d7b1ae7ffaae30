import * as vscode from "vscode";
import { cellIdOf } from "./notebookOutputs.js";

/** Marks cells whose results rest on definitions that were run anew since, in the cells' status bars. */
export class StaleCells implements vscode.NotebookCellStatusBarItemProvider {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCellStatusBarItems = this.changed.event;
  private readonly cells = new WeakMap<vscode.NotebookDocument, ReadonlySet<string>>();

  /** Sets which of a notebook's cells are stale; the others are not. */
  mark(notebook: vscode.NotebookDocument, cells: readonly string[]): void {
    this.cells.set(notebook, new Set(cells));
    this.changed.fire();
  }

  provideCellStatusBarItems(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem[] {
    if (this.cells.get(cell.notebook)?.has(cellIdOf(cell)) !== true) return [];
    const item = new vscode.NotebookCellStatusBarItem(
      "$(history) stale",
      vscode.NotebookCellStatusBarAlignment.Right,
    );
    item.tooltip = "A cell that this one rests on was run again since. Run this cell to bring it up to date.";
    return [item];
  }
}
