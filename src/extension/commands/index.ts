/**
 * Spinebook's commands: new notebooks, cells to insert, the kernel's, the report. What they write into cells is plain text
 * made in `steps.ts`; they run no analysis themselves.
 */
import * as vscode from "vscode";
import type { SpinebookController } from "../controller.js";
import { exportHtml } from "./exportHtml.js";
import { registerInsertCommands } from "./insert.js";
import { activeNotebook, followNotebooks } from "./notebooks.js";
import { newNotebook, openDemo } from "./open.js";

/** Registers all of them; they are gone when the extension is. */
export function registerCommands(
  context: vscode.ExtensionContext,
  controller: SpinebookController,
): vscode.Disposable[] {
  const commands: Readonly<Record<string, (given?: unknown) => unknown>> = {
    "spinebook.newNotebook": (given) => newNotebook(context.extension.id, given),
    "spinebook.openDemo": () => openDemo(context),
    "spinebook.exportHtml": () => exportHtml(context, controller),
    "spinebook.restartKernel": () =>
      withNotebook((notebook) => {
        controller.restart(notebook);
        vscode.window.setStatusBarMessage("Kernel restarted; the next cell starts with no variables.", 4000);
      }),
    "spinebook.restartAndRunAll": () => withNotebook((notebook) => controller.restartAndRunAll(notebook)),
    "spinebook.interrupt": () => withNotebook((notebook) => controller.interrupt(notebook)),
  };
  return [
    followNotebooks(),
    ...Object.entries(commands).map(([id, run]) => vscode.commands.registerCommand(id, run)),
    ...registerInsertCommands(),
  ];
}

async function withNotebook(act: (notebook: vscode.NotebookDocument) => Promise<void> | void): Promise<void> {
  const editor = await activeNotebook();
  if (editor !== undefined) await act(editor.notebook);
}
