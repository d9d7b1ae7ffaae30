/**
 * What stands around the notebook: the side bar's trees of studies and variables, and the kernel's item in the status bar.
 * What they show is made by plain functions (`studyList`, `variableList`, `statusText`, `settings`); studies are read by the
 * `spinebook` command in a process of its own.
 */
import * as vscode from "vscode";
import type { SpinebookController } from "../controller.js";
import { watchKernelSettings } from "./configuration.js";
import { KernelStatusBar, showAbout, showKernelMenu } from "./statusBar.js";
import { registerStudies } from "./studyCommands.js";
import { VariablesView } from "./variablesView.js";

export { readKernelSettings } from "./configuration.js";

/** Shows the views and the status bar's item, and registers their commands. */
export function registerViews(
  context: vscode.ExtensionContext,
  controller: SpinebookController,
): vscode.Disposable {
  const variables = new VariablesView(controller, context.globalState);
  const status = new KernelStatusBar(controller);
  const update = (): void => {
    void variables.refresh();
    void status.update();
  };
  update();
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    registerStudies(context),
    variables,
    status,
    watchKernelSettings(controller),
    controller.onDidChange(update),
    vscode.window.onDidChangeActiveNotebookEditor(update),
    variables.onDidShow(update),
    registerCommand("spinebook.kernelMenu", () => showKernelMenu(controller, context.extensionUri.fsPath)),
    registerCommand("spinebook.about", () => showAbout(context.extensionUri.fsPath)),
    registerCommand("spinebook.refreshVariables", update),
    registerCommand("spinebook.sortVariablesByName", () => variables.sortBy("name")),
    registerCommand("spinebook.sortVariablesBySize", () => variables.sortBy("size")),
    registerCommand("spinebook.copyVariableName", (variable?: { readonly name: string }) =>
      variable === undefined ? undefined : vscode.env.clipboard.writeText(variable.name),
    ),
  );
}
