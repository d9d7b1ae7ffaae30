/**
 * Room `extension`: Spinebook inside VS Code. It offers the TypeScript kernel for `.ipynb` notebooks, runs each notebook's
 * cells in a child process of its own and maps what that process says to notebook outputs. It knows nothing of spines but
 * the texts of its commands and of the new notebook, and shares only `src/protocol` with the kernel.
 */
import type * as vscode from "vscode";
import { registerCommands } from "./commands/index.js";
import { SpinebookController } from "./controller.js";
import { loadKernel } from "./kernelProcess.js";
import { registerLanguage } from "./language/index.js";
import { registerRendererMessaging } from "./rendererMessaging.js";
import { registerViewer } from "./viewer/index.js";
import { readKernelSettings, registerViews } from "./views/index.js";

let active: SpinebookController | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const controller = new SpinebookController(
    await loadKernel(context.extensionUri.fsPath, readKernelSettings),
  );
  active = controller;
  context.subscriptions.push(
    registerViews(context, controller),
    registerLanguage(context, controller),
    registerViewer(context),
    registerRendererMessaging(controller),
    ...registerCommands(context, controller),
  );
}

/** No kernel outlives the window. */
export function deactivate(): void {
  active?.dispose();
  active = undefined;
}
