import * as vscode from "vscode";
import type { SpinebookController } from "../controller.js";

/** The notebook in front, where it runs on Spinebook's kernel. */
export function activeNotebook(controller: SpinebookController): vscode.NotebookDocument | undefined {
  const notebook = vscode.window.activeNotebookEditor?.notebook;
  return notebook !== undefined && controller.isChosenFor(notebook) ? notebook : undefined;
}
