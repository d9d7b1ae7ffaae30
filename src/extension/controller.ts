import { dirname } from "node:path";
import * as vscode from "vscode";
import type { StartKernel } from "./kernelProcess.js";
import { NotebookSession } from "./session.js";
import { StaleCells } from "./staleCells.js";
import { isTypeScriptNotebook } from "./template.js";

/** The type that VS Code's built-in serializer gives to `.ipynb` files. */
export const NOTEBOOK_TYPE = "jupyter-notebook";
export const CONTROLLER_ID = "spinebook-typescript";

/** The kernel that VS Code's picker offers: one session, and so one child process, for each open notebook. */
export class SpinebookController {
  private readonly controller: vscode.NotebookController;
  private readonly sessions = new Map<vscode.NotebookDocument, NotebookSession>();
  private readonly staleCells = new StaleCells();
  private readonly listeners: vscode.Disposable[];

  constructor(private readonly startKernel: StartKernel) {
    this.controller = vscode.notebooks.createNotebookController(
      CONTROLLER_ID,
      NOTEBOOK_TYPE,
      "Spinebook (TypeScript)",
    );
    this.controller.supportedLanguages = ["typescript"];
    this.controller.supportsExecutionOrder = true;
    this.controller.description = "TypeScript cells in a Node process of this notebook's own";
    this.controller.executeHandler = (cells, notebook) => this.session(notebook).run(cells);
    this.controller.interruptHandler = (notebook) => this.interrupt(notebook);
    this.listeners = [
      vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, this.staleCells),
      vscode.workspace.onDidOpenNotebookDocument((notebook) => {
        this.prefer(notebook);
      }),
      vscode.workspace.onDidCloseNotebookDocument((notebook) => {
        this.close(notebook);
      }),
    ];
    for (const notebook of vscode.workspace.notebookDocuments) this.prefer(notebook);
  }

  async interrupt(notebook: vscode.NotebookDocument): Promise<void> {
    await this.sessions.get(notebook)?.interrupt();
  }

  /** Ends the notebook's kernel with all its variables; the next cell starts a fresh one. */
  restart(notebook: vscode.NotebookDocument): void {
    this.sessions.get(notebook)?.end();
  }

  /** Ends all kernels. */
  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    for (const notebook of [...this.sessions.keys()]) this.close(notebook);
    this.controller.dispose();
  }

  private close(notebook: vscode.NotebookDocument): void {
    const session = this.sessions.get(notebook);
    this.sessions.delete(notebook);
    session?.end();
  }

  private prefer(notebook: vscode.NotebookDocument): void {
    if (notebook.notebookType !== NOTEBOOK_TYPE || !isTypeScriptNotebook(notebook.metadata)) return;
    this.controller.updateNotebookAffinity(notebook, vscode.NotebookControllerAffinity.Preferred);
  }

  private session(notebook: vscode.NotebookDocument): NotebookSession {
    const known = this.sessions.get(notebook);
    if (known !== undefined) return known;
    const session = new NotebookSession(
      this.controller,
      notebook,
      () => this.startKernel(folderOf(notebook)),
      (reason) => void this.offerRestart(notebook, reason),
      (cells) => {
        this.staleCells.mark(notebook, cells);
      },
    );
    this.sessions.set(notebook, session);
    return session;
  }

  private async offerRestart(notebook: vscode.NotebookDocument, reason: string): Promise<void> {
    const runAll = "Restart and Run All";
    const message = `${reason} Its variables are gone; the next cell starts a fresh kernel.`;
    if ((await vscode.window.showErrorMessage(message, runAll)) !== runAll) return;
    await this.session(notebook).run(codeCells(notebook));
  }
}

/** Where the cells' relative paths and imports begin: the notebook's folder, or the workspace's for one not yet saved. */
function folderOf(notebook: vscode.NotebookDocument): string {
  if (notebook.uri.scheme === "file") return dirname(notebook.uri.fsPath);
  return (
    vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === "file")?.uri.fsPath ??
    process.cwd()
  );
}

function codeCells(notebook: vscode.NotebookDocument): vscode.NotebookCell[] {
  return notebook
    .getCells()
    .filter(
      (cell) => cell.kind === vscode.NotebookCellKind.Code && cell.document.languageId === "typescript",
    );
}
