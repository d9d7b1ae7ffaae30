/** What the suites inside of VS Code share. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";

const KERNEL = { id: "spinebook-typescript", extension: "spinebook.spinebook" };

/** What a notebook of a test is made with. */
export interface NotebookOptions {
  /** Whether it is a file; otherwise untitled. */
  readonly saved?: boolean;
  /** Added to the notebook's own metadata. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Opens a notebook with TypeScript cells in an editor, with our kernel chosen. */
export async function openCells(
  cells: readonly string[],
  { saved = false, metadata = {} }: NotebookOptions = {},
): Promise<vscode.NotebookDocument> {
  // A kernel that is not there yet cannot be chosen, and its cells would never run.
  await vscode.extensions.getExtension(KERNEL.extension)?.activate();
  const document = await (saved ? openFile(cells, metadata) : openUntitled(cells));
  await vscode.window.showNotebookDocument(document);
  await vscode.commands.executeCommand("notebook.selectKernel", KERNEL);
  return document;
}

function openUntitled(cells: readonly string[]): Thenable<vscode.NotebookDocument> {
  const data = new vscode.NotebookData(
    cells.map((text) => new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, "typescript")),
  );
  data.metadata = notebookMetadata();
  return vscode.workspace.openNotebookDocument("jupyter-notebook", data);
}

async function openFile(
  cells: readonly string[],
  metadata: Readonly<Record<string, unknown>>,
): Promise<vscode.NotebookDocument> {
  const uri = vscode.Uri.file(join(mkdtempSync(join(tmpdir(), "spinebook-suite-")), "notebook.ipynb"));
  const notebook = {
    cells: cells.map((source, index) => {
      return { cell_type: "code", id: `c${index}`, metadata: {}, source, outputs: [], execution_count: null };
    }),
    metadata: { ...notebookMetadata().metadata, ...metadata },
    nbformat: 4,
    nbformat_minor: 5,
  };
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(JSON.stringify(notebook)));
  return vscode.workspace.openNotebookDocument(uri);
}

/** As the built-in serializer holds it: the file's metadata one level down. */
function notebookMetadata() {
  const kernelspec = { name: "spinebook", display_name: "Spinebook (TypeScript)", language: "typescript" };
  return { metadata: { kernelspec, language_info: { name: "typescript" } } };
}

/** How long a cell may stand still before it is asked for again, in milliseconds. */
const ASKED_AGAIN = 15_000;

/**
 * Runs one cell, or all, and waits until the last has ended, or one that failed and with that dropped those behind it. A command to
 * run that comes before VS Code holds the chosen kernel as this notebook's is dropped without a word, on a slow machine; it is given
 * again as long as the first cell has not ended, which runs no cell twice that waits or runs.
 */
export async function run(notebook: vscode.NotebookDocument, index?: number): Promise<void> {
  const first = index ?? 0;
  const end = index === undefined ? notebook.cellCount : first + 1;
  const cells = notebook.getCells().slice(first, end);
  const before = cells.map((cell) => cell.executionSummary?.timing?.endTime);
  // A cell that waits or runs has no times.
  const hasEnded = (i: number): boolean => {
    const { timing } = cells[i]!.executionSummary ?? {};
    return timing !== undefined && timing.endTime !== before[i];
  };
  let asked = -Infinity;
  await until(() => {
    if (hasEnded(0)) return true;
    if (Date.now() - asked > ASKED_AGAIN) {
      asked = Date.now();
      void vscode.commands.executeCommand("notebook.selectKernel", KERNEL);
      void vscode.commands.executeCommand("notebook.cell.execute", {
        ranges: [{ start: first, end }],
        document: notebook.uri,
      });
    }
    return false;
  }, `cell ${first}`);
  for (let i = 0; i < cells.length; i++) {
    await until(() => hasEnded(i), `cell ${first + i}`);
    if (cells[i]!.executionSummary?.success !== true) return;
  }
}

/** Restarts the active notebook's kernel. */
export async function restart(): Promise<void> {
  await vscode.commands.executeCommand("spinebook.restartKernel");
}

/** What a cell shows, as text: streams, results, error stacks. */
export function cellText(cell: vscode.NotebookCell): string {
  const decoder = new TextDecoder();
  return cell.outputs
    .flatMap((output) => {
      const shown = output.items.find((item) =>
        /^(text\/plain|application\/vnd\.code\.notebook\.(stdout|stderr|error))$/.test(item.mime),
      );
      if (!shown) return [];
      const text = decoder.decode(shown.data);
      return [shown.mime.endsWith("error") ? ((JSON.parse(text) as Error).stack ?? "") : text];
    })
    .join("\n");
}

/** Waits until `condition` holds. @throws Error after three minutes, which only a machine that hangs needs */
export async function until(condition: () => boolean, what: string): Promise<void> {
  for (const end = Date.now() + 180_000; Date.now() < end;) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Waited in vain for ${what}.`);
}
