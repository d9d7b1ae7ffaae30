/**
 * Room `extension`: Spinebook inside VS Code. It offers the TypeScript kernel for `.ipynb` notebooks, runs each notebook's
 * cells in a child process of its own and maps what that process says to notebook outputs. It knows nothing of spines but
 * the texts of its commands and of the new notebook, and shares only `src/protocol` with the kernel.
 */
import * as vscode from "vscode";
import { CONTROLLER_ID, NOTEBOOK_TYPE, SpinebookController } from "./controller.js";
import { loadKernel } from "./kernelProcess.js";
import { NOTEBOOK_METADATA, TEMPLATE_CELLS } from "./template.js";

let active: SpinebookController | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const controller = new SpinebookController(await loadKernel(context.extensionUri.fsPath));
  active = controller;
  context.subscriptions.push(
    vscode.commands.registerCommand("spinebook.newNotebook", () => openNewNotebook(context.extension.id)),
    vscode.commands.registerCommand("spinebook.restartKernel", () =>
      withNotebook((notebook) => {
        controller.restart(notebook);
      }),
    ),
    vscode.commands.registerCommand("spinebook.interrupt", () =>
      withNotebook((notebook) => controller.interrupt(notebook)),
    ),
  );
}

/** No kernel outlives the window. */
export function deactivate(): void {
  active?.dispose();
  active = undefined;
}

async function openNewNotebook(extensionId: string): Promise<void> {
  const content = new vscode.NotebookData(
    TEMPLATE_CELLS.map(({ kind, text }) =>
      kind === "code"
        ? new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, "typescript")
        : new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, text, "markdown"),
    ),
  );
  content.metadata = NOTEBOOK_METADATA;
  const notebook = await vscode.workspace.openNotebookDocument(NOTEBOOK_TYPE, content);
  await vscode.window.showNotebookDocument(notebook);
  await vscode.commands.executeCommand("notebook.selectKernel", {
    id: CONTROLLER_ID,
    extension: extensionId,
  });
}

async function withNotebook(act: (notebook: vscode.NotebookDocument) => Promise<void> | void): Promise<void> {
  const editor = vscode.window.activeNotebookEditor;
  if (editor === undefined) {
    void vscode.window.showInformationMessage("Open a notebook that runs on Spinebook first.");
    return;
  }
  await act(editor.notebook);
}
