import { dirname } from "node:path";
import * as vscode from "vscode";
import { CONTROLLER_ID, NOTEBOOK_TYPE } from "../controller.js";
import { isTypeScriptNotebook, NOTEBOOK_METADATA } from "../template.js";
import type { TemplateCell } from "../template.js";

/** Opens an untitled notebook with these cells, on our kernel. */
export async function openUntitled(cells: readonly TemplateCell[], extensionId: string): Promise<void> {
  const content = new vscode.NotebookData(cells.map(cellData));
  content.metadata = NOTEBOOK_METADATA;
  const notebook = await vscode.workspace.openNotebookDocument(NOTEBOOK_TYPE, content);
  await vscode.window.showNotebookDocument(notebook);
  await vscode.commands.executeCommand("notebook.selectKernel", {
    id: CONTROLLER_ID,
    extension: extensionId,
  });
}

/** A cell as VS Code takes it. */
export function cellData({ kind, text }: TemplateCell): vscode.NotebookCellData {
  return kind === "code"
    ? new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, "typescript")
    : new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, text, "markdown");
}

/**
 * The folder that relative paths in the notebook's cells begin at: its own, or the workspace's where it was not saved yet;
 * as the controller starts its kernel.
 */
export function folderOf(notebook: vscode.NotebookDocument | undefined): string | undefined {
  if (notebook?.uri.scheme === "file") return dirname(notebook.uri.fsPath);
  return vscode.workspace.workspaceFolders?.find((folder) => folder.uri.scheme === "file")?.uri.fsPath;
}

/** The notebook that was in front last: a page such as the walkthrough may have taken its place since. */
let lastInFront: vscode.NotebookDocument | undefined;

/**
 * Follows which notebook is in front, until disposed: remembers it, and tells menus whether it is one in TypeScript. VS Code
 * itself names the kernel of a notebook only once a cell has run on it.
 */
export function followNotebooks(): vscode.Disposable {
  const follow = (editor: vscode.NotebookEditor | undefined): void => {
    const notebook = editor?.notebook;
    if (notebook?.notebookType === NOTEBOOK_TYPE) lastInFront = notebook;
    const ours = notebook?.notebookType === NOTEBOOK_TYPE && isTypeScriptNotebook(notebook.metadata);
    void vscode.commands.executeCommand("setContext", "spinebook.typescriptNotebook", ours);
  };
  follow(vscode.window.activeNotebookEditor);
  return vscode.window.onDidChangeActiveNotebookEditor(follow);
}

/**
 * The notebook in front, or the one that was so last, which is then brought there. Without one a sentence is shown and
 * `undefined` given.
 */
export async function activeNotebook(): Promise<vscode.NotebookEditor | undefined> {
  const editor = vscode.window.activeNotebookEditor;
  if (editor?.notebook.notebookType === NOTEBOOK_TYPE) return editor;
  if (editor === undefined && lastInFront?.isClosed === false)
    return vscode.window.showNotebookDocument(lastInFront);
  void vscode.window.showInformationMessage("Open a notebook (.ipynb) first.");
  return undefined;
}
