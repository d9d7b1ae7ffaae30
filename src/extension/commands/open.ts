import { readFile, writeFile } from "node:fs/promises";
import * as nodePath from "node:path";
import * as vscode from "vscode";
import { NOTEBOOK_TYPE } from "../controller.js";
import { templateCells } from "../template.js";
import { notebookCells } from "./demo.js";
import { folderOf, openUntitled } from "./notebooks.js";
import { pathInCell } from "./paths.js";
import type { Source } from "./steps.js";

/** What a new notebook is to begin with; the view of studies gives it. */
export interface NewNotebook {
  /** Whole path of the file or folder to load. */
  readonly path?: string;
  /** Which of its series, by the id that `spinebook read` lists. */
  readonly series?: string;
}

/** Opens an untitled notebook with the steps of an analysis; with `path`, its first cell loads that. */
export async function newNotebook(extensionId: string, given?: unknown): Promise<void> {
  const { path, series } = isObject(given) ? (given as NewNotebook) : {};
  const source: Source | undefined =
    typeof path === "string"
      ? {
          path: pathInCell(path, folderOf(undefined), nodePath),
          ...(typeof series === "string" ? { series } : {}),
        }
      : undefined;
  await openUntitled(templateCells(source), extensionId);
}

/** Opens a copy of the demo notebook: untitled, or as a file that the person names. The original stays as it is. */
export async function openDemo(context: vscode.ExtensionContext): Promise<void> {
  const text = await readFile(context.asAbsolutePath(nodePath.join("notebooks", "demo.ipynb")), "utf8");
  const untitled = "$(notebook) Open without saving";
  const file = "$(save) Save a copy as...";
  const choice = await vscode.window.showQuickPick(
    [
      { label: untitled, detail: "An untitled notebook; save it when you want to keep it." },
      { label: file, detail: "A file in a folder of yours." },
    ],
    { title: "Open Demo Notebook" },
  );
  if (choice?.label === untitled) await openUntitled(notebookCells(text), context.extension.id);
  if (choice?.label === file) await saveCopy(text);
}

async function saveCopy(text: string): Promise<void> {
  const folder = folderOf(undefined);
  const uri = await vscode.window.showSaveDialog({
    title: "Copy of the demo notebook",
    filters: { Notebooks: ["ipynb"] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.file(nodePath.join(folder, "demo.ipynb")) }),
  });
  if (uri === undefined) return;
  if (uri.scheme === "file") await writeFile(uri.fsPath, text);
  else await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  await vscode.commands.executeCommand("vscode.openWith", uri, NOTEBOOK_TYPE);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
