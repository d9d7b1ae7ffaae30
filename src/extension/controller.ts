import { dirname } from "node:path";
import * as vscode from "vscode";
import type { StartKernel } from "./kernelProcess.js";
import type { CommMessage, IdentityFinding, QueryColumns, VariableInfo } from "../protocol/index.js";
import { NotebookSession, type KernelInfo, type KernelState } from "./session.js";
import { StaleCells } from "./staleCells.js";
import { isTypeScriptNotebook, namesSpinebook } from "./template.js";

/** The type that VS Code's built-in serializer gives to `.ipynb` files. */
export const NOTEBOOK_TYPE = "jupyter-notebook";
export const CONTROLLER_ID = "spinebook-typescript";

/** The queries that cells of a notebook have run, all that are kept. */
export interface NotebookQueries {
  readonly notebook: vscode.NotebookDocument;
  readonly queries: readonly QueryColumns[];
}

/** The kernel that VS Code's picker offers: one session, and so one child process, for each open notebook. */
export class SpinebookController {
  private readonly controller: vscode.NotebookController;
  private readonly sessions = new Map<vscode.NotebookDocument, NotebookSession>();
  private readonly staleCells = new StaleCells();
  private readonly listeners: vscode.Disposable[];
  /** Whether VS Code said that this kernel was chosen; it says nothing of a kernel that it only suggests. */
  private readonly chosen = new WeakMap<vscode.NotebookDocument, boolean>();
  private readonly changed = new vscode.EventEmitter<vscode.NotebookDocument>();
  /** Fires for a notebook whose kernel's state, backend or variables may have changed. */
  readonly onDidChange = this.changed.event;
  private readonly sent = new vscode.EventEmitter<CommMessage>();
  /** Fires when a notebook's kernel, or its end, has something to say to displays. */
  readonly onDidSendToDisplays = this.sent.event;
  private readonly asked = new vscode.EventEmitter<NotebookQueries>();
  /** Fires when cells of a notebook have run a query. */
  readonly onDidQuery = this.asked.event;

  constructor(private readonly startKernel: StartKernel) {
    this.controller = vscode.notebooks.createNotebookController(
      CONTROLLER_ID,
      NOTEBOOK_TYPE,
      "Spinebook (TypeScript)",
    );
    this.controller.supportedLanguages = ["typescript"];
    this.controller.supportsExecutionOrder = true;
    this.controller.description = "TypeScript cells in a Node process of this notebook's own";
    this.controller.executeHandler = (cells, notebook) => this.run(notebook, cells);
    this.controller.interruptHandler = (notebook) => this.interrupt(notebook);
    this.listeners = [
      vscode.notebooks.registerNotebookCellStatusBarItemProvider(NOTEBOOK_TYPE, this.staleCells),
      this.controller.onDidChangeSelectedNotebooks(({ notebook, selected }) => {
        this.chosen.set(notebook, selected);
        this.changed.fire(notebook);
      }),
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

  /** Runs all code cells, on a fresh kernel. */
  async restartAndRunAll(notebook: vscode.NotebookDocument): Promise<void> {
    this.restart(notebook);
    await this.run(notebook, codeCells(notebook));
  }

  /** As `NotebookSession.findIdentity`; empty where no kernel has started. */
  findIdentity(notebook: vscode.NotebookDocument, texts: readonly string[]): readonly IdentityFinding[] {
    return this.sessions.get(notebook)?.findIdentity(texts) ?? [];
  }

  /** Whether this kernel, and not another one, is the notebook's: chosen, or named by its file and nothing else chosen. */
  isChosenFor(notebook: vscode.NotebookDocument): boolean {
    return (
      this.chosen.get(notebook) ??
      (notebook.notebookType === NOTEBOOK_TYPE && namesSpinebook(notebook.metadata))
    );
  }

  /** What the notebook's kernel does. */
  state(notebook: vscode.NotebookDocument): KernelState {
    return this.sessions.get(notebook)?.state ?? "not started";
  }

  /** As `NotebookSession.backend`. */
  backend(notebook: vscode.NotebookDocument): string | undefined {
    return this.sessions.get(notebook)?.backend;
  }

  /** As `NotebookSession.info`. */
  async info(notebook: vscode.NotebookDocument): Promise<KernelInfo | undefined> {
    return this.sessions.get(notebook)?.info();
  }

  /** As `NotebookSession.variables`. */
  async variables(notebook: vscode.NotebookDocument): Promise<readonly VariableInfo[] | undefined> {
    return this.sessions.get(notebook)?.variables();
  }

  /** Passes what a display says on to its notebook's kernel; none is started for it. */
  receiveFromDisplay(notebook: vscode.NotebookDocument, message: CommMessage): void {
    const session = this.sessions.get(notebook);
    if (session !== undefined) session.receiveFromDisplay(message);
    else if (message.action !== "close")
      this.sent.fire({ action: "close", commId: message.commId, data: {} });
  }

  /** Ends all kernels. */
  dispose(): void {
    this.changed.dispose();
    this.sent.dispose();
    this.asked.dispose();
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
      () => {
        this.changed.fire(notebook);
      },
      (message) => {
        this.sent.fire(message);
      },
      (queries) => {
        this.asked.fire({ notebook, queries });
      },
    );
    this.sessions.set(notebook, session);
    return session;
  }

  private async offerRestart(notebook: vscode.NotebookDocument, reason: string): Promise<void> {
    const runAll = "Restart and Run All";
    const message = `${reason} Its variables are gone; the next cell starts a fresh kernel.`;
    if ((await vscode.window.showErrorMessage(message, runAll)) !== runAll) return;
    await this.run(notebook, codeCells(notebook));
  }

  /** Cells are code: nothing runs, and no process starts, in a workspace that the person does not trust. */
  private async run(notebook: vscode.NotebookDocument, cells: readonly vscode.NotebookCell[]): Promise<void> {
    if (vscode.workspace.isTrusted) await this.session(notebook).run(cells);
    else void offerTrust();
  }
}

async function offerTrust(): Promise<void> {
  const manage = "Manage Trust";
  const message =
    "Cells run only in a workspace that you trust; what was saved with this notebook is shown all the same.";
  if ((await vscode.window.showWarningMessage(message, manage)) === manage)
    await vscode.commands.executeCommand("workbench.trust.manage");
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
