import * as vscode from "vscode";
import type { SpinebookController } from "../controller.js";
import { runSpinebook } from "../spinebookCommand.js";
import { activeNotebook } from "./activeNotebook.js";
import { statusText, statusTooltip } from "./statusText.js";

/** How often the memory is asked for while a kernel is there and the window in front, in milliseconds. */
const POLL_MILLISECONDS = 5000;

/** Shows the state of the active notebook's kernel, its memory and what networks run on. */
export class KernelStatusBar {
  private readonly item = vscode.window.createStatusBarItem(
    "spinebook.kernel",
    vscode.StatusBarAlignment.Right,
    200,
  );
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly controller: SpinebookController) {
    this.item.name = "Spinebook Kernel";
    this.item.command = "spinebook.kernelMenu";
    this.timer = setInterval(() => {
      if (vscode.window.state.focused) void this.update();
    }, POLL_MILLISECONDS);
  }

  /** Shows the present state at once, and the memory when the kernel has told it. */
  async update(): Promise<void> {
    const notebook = activeNotebook(this.controller);
    if (notebook === undefined) {
      this.item.hide();
      return;
    }
    const info = this.infos.get(notebook);
    this.show(notebook, info);
    const fresh = await this.controller.info(notebook);
    if (fresh !== undefined) this.infos.set(notebook, fresh);
    if (activeNotebook(this.controller) === notebook) this.show(notebook, fresh);
  }

  dispose(): void {
    clearInterval(this.timer);
    this.item.dispose();
  }

  /** What was told last, so that the text does not jump while the kernel is asked again. */
  private readonly infos = new WeakMap<
    vscode.NotebookDocument,
    NonNullable<Awaited<ReturnType<SpinebookController["info"]>>>
  >();

  private show(
    notebook: vscode.NotebookDocument,
    info: Awaited<ReturnType<SpinebookController["info"]>>,
  ): void {
    const state = this.controller.state(notebook);
    const status = { state, info, backend: this.controller.backend(notebook) };
    this.item.text = statusText(status);
    this.item.tooltip = new vscode.MarkdownString(statusTooltip(status));
    this.item.backgroundColor =
      state === "ended" ? new vscode.ThemeColor("statusBarItem.errorBackground") : undefined;
    this.item.show();
  }
}

interface Action extends vscode.QuickPickItem {
  readonly run: () => unknown;
}

/** Shows versions, what networks run on, the folders that are written to, and that nothing goes over a network. */
export async function showAbout(extensionFolder: string): Promise<void> {
  const [title, ...detail] = (await runSpinebook(extensionFolder, ["about"])).trim().split("\n");
  const copy = "Copy";
  const chosen = await vscode.window.showInformationMessage(
    title!,
    { modal: true, detail: detail.join("\n").trim() },
    copy,
  );
  if (chosen === copy) await vscode.env.clipboard.writeText([title, ...detail].join("\n"));
}

/** What a click on the status bar offers. */
export async function showKernelMenu(
  controller: SpinebookController,
  extensionFolder: string,
): Promise<void> {
  const notebook = activeNotebook(controller);
  const { executeCommand } = vscode.commands;
  const state = notebook === undefined ? undefined : controller.state(notebook);
  const actions: Action[] = [
    ...(notebook === undefined
      ? []
      : [
          {
            label: "$(primitive-square) Interrupt",
            description: state === "running" ? "stop the cell, keep the variables" : "no cell runs",
            run: () => controller.interrupt(notebook),
          },
          {
            label: "$(debug-restart) Restart",
            description: "end the kernel with all its variables",
            run: () => {
              controller.restart(notebook);
            },
          },
          {
            label: "$(run-all) Restart and Run All",
            description: "run all cells on a fresh kernel",
            run: () => controller.restartAndRunAll(notebook),
          },
        ]),
    {
      label: "$(symbol-variable) Show Variables",
      run: () => executeCommand("spinebook.variables.focus"),
    },
    {
      label: "$(gear) Settings",
      description: "models folder, memory limit, threads, privacy",
      run: () => executeCommand("workbench.action.openSettings", "@ext:spinebook.spinebook"),
    },
    {
      label: "$(info) About",
      description: "versions, backend, folders written to, offline",
      run: () => showAbout(extensionFolder),
    },
  ];
  const chosen = await vscode.window.showQuickPick(actions, {
    title: state === undefined ? "Spinebook kernel" : `Spinebook kernel: ${state}`,
    placeHolder: "What to do with the kernel",
  });
  await chosen?.run();
}
