import { isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import type { SpinebookController } from "../controller.js";
import { changeMessage, KERNEL_SETTINGS, type KernelSettings } from "./settings.js";

/** The settings as they are now. A relative models folder starts at the workspace's first folder. */
export function readKernelSettings(): KernelSettings {
  const configuration = vscode.workspace.getConfiguration("spinebook");
  return {
    modelsFolder: absolute(configuration.get<string>("modelsFolder", "")),
    memoryLimit: configuration.get<number>("memoryLimit", 0),
    threads: configuration.get<number>("threads", 0),
    engine: configuration.get<string>("engine", ""),
    allowIdentity: configuration.get<boolean>("allowIdentity", false),
  };
}

/** Says, while kernels run, that a changed setting takes effect when they start anew. */
export function watchKernelSettings(controller: SpinebookController): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    const changed = KERNEL_SETTINGS.filter((name) => event.affectsConfiguration(`spinebook.${name}`));
    const running = vscode.workspace.notebookDocuments.filter((notebook) =>
      ["idle", "running"].includes(controller.state(notebook)),
    );
    if (changed.length > 0 && running.length > 0) void offerRestart(controller, running, changed);
  });
}

async function offerRestart(
  controller: SpinebookController,
  running: readonly vscode.NotebookDocument[],
  changed: readonly string[],
): Promise<void> {
  const restart = running.length === 1 ? "Restart Kernel" : "Restart Kernels";
  const message = changeMessage(changed, running.length);
  if ((await vscode.window.showInformationMessage(message, restart)) !== restart) return;
  for (const notebook of running) controller.restart(notebook);
}

function absolute(folder: string): string {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  if (folder.trim() === "" || isAbsolute(folder.trim()) || first === undefined) return folder.trim();
  return join(first.uri.fsPath, folder.trim());
}
