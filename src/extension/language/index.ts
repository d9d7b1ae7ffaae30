/**
 * What VS Code knows of a TypeScript notebook's cells: completion, hovers, signatures, definitions, references, renames and
 * problems. The answers come from the kernel's language service in a process of its own, which starts with the first
 * notebook that needs it. VS Code's own TypeScript is asked in cells too: `plugin.ts` keeps it quiet
 * there, and `middleware.ts` gives only what it lacks where that cannot be.
 */
import * as vscode from "vscode";
import { NOTEBOOK_TYPE, type SpinebookController } from "../controller.js";
import { isTypeScriptNotebook, namesAnotherKernel } from "../template.js";
import { LanguageServer } from "./server.js";

/**
 * Starts the language server when a TypeScript notebook is open that is not another kernel's; it ends with what is
 * returned.
 */
export function registerLanguage(
  context: vscode.ExtensionContext,
  controller: SpinebookController,
): vscode.Disposable {
  const isOurs = (notebook: vscode.NotebookDocument): boolean =>
    controller.isChosenFor(notebook) || !namesAnotherKernel(notebook.metadata);
  const server = new LanguageServer(context.extensionUri.fsPath, isOurs);
  const look = (notebook: vscode.NotebookDocument): void => {
    if (needsServer(notebook) && isOurs(notebook)) server.start();
  };
  vscode.workspace.notebookDocuments.forEach(look);
  return vscode.Disposable.from(
    server,
    controller.onDidQuery((asked) => {
      server.tellQueries(asked);
    }),
    vscode.workspace.onDidOpenNotebookDocument(look),
    // A cell may become TypeScript when our kernel is chosen for a notebook of another language.
    vscode.workspace.onDidChangeNotebookDocument(({ notebook }) => {
      look(notebook);
    }),
    vscode.workspace.onDidRenameFiles(({ files }) => {
      for (const { oldUri, newUri } of files) server.renamed(oldUri, newUri);
    }),
  );
}

function needsServer(notebook: vscode.NotebookDocument): boolean {
  if (notebook.notebookType !== NOTEBOOK_TYPE) return false;
  return (
    isTypeScriptNotebook(notebook.metadata) ||
    notebook.getCells().some(({ document }) => document.languageId === "typescript")
  );
}
