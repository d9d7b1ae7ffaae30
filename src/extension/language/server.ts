import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  NotebookDocumentSyncRegistrationType,
  RevealOutputChannelOn,
  State,
  type LanguageClientOptions,
} from "vscode-languageclient/node";
import { QUERIES_NOTIFICATION } from "../../protocol/index.js";
import { NOTEBOOK_TYPE, type NotebookQueries } from "../controller.js";
import { leavingToBuiltIn } from "./middleware.js";
import { configureBuiltIn } from "./quiet.js";
import { shouldRestart } from "./restarts.js";

const SORRY =
  "Spinebook's language features (completion, hovers, problems) have stopped. Cells still run. Reload the window to try again.";

/** The process that answers questions about cells, and VS Code's connection to it. */
export class LanguageServer {
  private client: LanguageClient | undefined;
  private readonly deaths: number[] = [];
  private disposed = false;
  /** Paths that files and folders had before they were renamed. */
  private readonly gone = new Set<string>();
  /** Whether VS Code's own TypeScript answers about cells too. */
  private isDoubled = false;

  /** @param isOurs whether a notebook's cells are for this server; it is told of no others */
  constructor(
    private readonly extensionFolder: string,
    private readonly isOurs: (notebook: vscode.NotebookDocument) => boolean,
  ) {}

  /** Starts the process; nothing happens where it runs already or has been given up. */
  start(): void {
    if (this.client !== undefined || this.disposed) return;
    const kernel = join(this.extensionFolder, "dist", "kernel");
    this.client = new LanguageClient(
      "spinebook-cells",
      "Spinebook Cells",
      {
        command: process.execPath,
        args: [join(kernel, "language.js")],
        options: { env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" } },
      },
      this.options(kernel),
    );
    void this.configureBuiltIn(false);
    this.client.start().catch(() => {
      this.giveUp();
    });
  }

  /** Tells the columns of queries that cells have run, so that their rows have types; a process that starts anew learns them with the next. */
  tellQueries({ notebook, queries }: NotebookQueries): void {
    const { client } = this;
    if (client?.state !== State.Running) return;
    const uri = client.code2ProtocolConverter.asUri(notebook.uri);
    client.sendNotification(QUERIES_NOTIFICATION, { notebook: uri, queries }).catch(() => undefined);
  }

  /** Takes back what is known of notebooks whose address is no more; VS Code itself keeps them open after a rename. */
  renamed(from: vscode.Uri, to: vscode.Uri): void {
    this.gone.add(from.path);
    this.gone.delete(to.path);
    const sync = this.client?.getFeature(NotebookDocumentSyncRegistrationType.method);
    for (const notebook of vscode.workspace.notebookDocuments.filter((one) => this.isGone(one))) {
      const [provider] = notebook.getCells().flatMap((cell) => sync?.getProvider(cell) ?? []);
      // It fails where the notebook is closed already.
      provider?.sendDidCloseNotebookDocument(notebook).catch(() => undefined);
    }
  }

  /** Ends the process. */
  dispose(): void {
    this.disposed = true;
    const client = this.client;
    this.client = undefined;
    // One that is starting cannot be stopped; it ends with its input.
    if (client?.state === State.Running) void client.dispose().catch(() => undefined);
  }

  private isGone({ uri }: vscode.NotebookDocument): boolean {
    return [...this.gone].some((path) => uri.path === path || uri.path.startsWith(`${path}/`));
  }

  private options(kernel: string): LanguageClientOptions {
    const types = join(this.extensionFolder, "dist", "types", "api", "index.d.ts");
    return {
      documentSelector: [{ notebook: NOTEBOOK_TYPE, language: "typescript" }],
      initializationOptions: {
        ...(existsSync(types) && { packageTypes: { spinebook: types } }),
        globals: join(kernel, "globals.d.ts"),
      },
      middleware: {
        ...leavingToBuiltIn(() => this.isDoubled),
        notebooks: {
          // A server that starts anew is told of every notebook that VS Code holds.
          didOpen: (notebook, cells, next) =>
            this.isGone(notebook) || !this.isOurs(notebook) ? Promise.resolve() : next(notebook, cells),
        },
      },
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          this.deaths.push(Date.now());
          if (shouldRestart(this.deaths)) return { action: CloseAction.Restart, handled: true };
          this.giveUp();
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    };
  }

  private async configureBuiltIn(answersCells: boolean): Promise<void> {
    const isHeard = configureBuiltIn(this.extensionFolder, { answersCells });
    this.isDoubled = !(await isHeard.catch(() => false));
  }

  private giveUp(): void {
    if (this.disposed) return;
    this.disposed = true;
    void this.configureBuiltIn(true);
    void vscode.window.showWarningMessage(SORRY);
  }
}
