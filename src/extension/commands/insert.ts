import * as vscode from "vscode";
import * as v from "valibot";
import type { Schema } from "../../text/index.js";
import { activeNotebook, cellData, folderOf } from "./notebooks.js";
import { askForSource } from "./source.js";
import { ANALYSIS, cellsOf, PLACEHOLDER } from "./steps.js";
import type { Source, Step } from "./steps.js";

/** What other commands and extensions may hand over; anything else, such as a cell, is no source, and the person is asked. */
const SOURCE: Schema<Source> = v.union([
  v.object({ example: v.literal(true) }),
  v.object({ path: v.string(), series: v.optional(v.string()), spacing: v.optional(v.number()) }),
]);

interface Choice extends vscode.QuickPickItem {
  readonly steps: readonly Step[];
}

/** Every command that inserts cells, and what the quick pick says of it. */
const CHOICES: Readonly<Record<string, Choice>> = {
  "spinebook.insertLoadSeries": {
    label: "$(folder-opened) Load series",
    detail: "Reads the sagittal series of a study and shows its slices.",
    steps: ["load"],
  },
  "spinebook.insertDetect": {
    label: "$(list-tree) Detect",
    detail: "Finds and names the vertebrae and discs.",
    steps: ["detect"],
  },
  "spinebook.insertGrade": {
    label: "$(checklist) Grade",
    detail: "Grades every disc: Pfirrmann and ten other features.",
    steps: ["grade"],
  },
  "spinebook.insertConfusionMatrix": {
    label: "$(table) Confusion matrix",
    detail: "Compares the grades with a rater's.",
    steps: ["confusion"],
  },
  "spinebook.insertHotspots": {
    label: "$(flame) Hotspots",
    detail: "Shows as heat what in the picture raises the scores.",
    steps: ["hotspots"],
  },
  "spinebook.insertAnalysis": {
    label: "$(notebook) Whole analysis",
    detail: "All five cells, in order.",
    steps: ANALYSIS,
  },
};

/** Registers the commands that insert cells, and the quick pick of them. */
export function registerInsertCommands(): vscode.Disposable[] {
  return [
    ...Object.entries(CHOICES).map(([command, { steps }]) =>
      vscode.commands.registerCommand(command, (given?: unknown) => insert(steps, given)),
    ),
    vscode.commands.registerCommand("spinebook.insertCell", async (given?: unknown) => {
      const choice = await vscode.window.showQuickPick(Object.values(CHOICES), {
        title: "Insert Spine Cell",
        placeHolder: "Cells use the variables of the cells above",
      });
      if (choice !== undefined) await insert(choice.steps, given);
    }),
  ];
}

/**
 * Inserts the steps behind the selected cell, or behind the cell whose toolbar was used.
 * @param given what the command was called with: a cell, a source for the "load" step, or nothing; then it is asked for
 */
async function insert(steps: readonly Step[], given: unknown): Promise<void> {
  const editor = await activeNotebook();
  if (editor === undefined) return;
  const { notebook } = editor;
  const anchor = cellIn(notebook, given);
  const source = steps.includes("load")
    ? (sourceIn(given) ?? (await askForSource(folderOf(notebook))))
    : PLACEHOLDER;
  if (source === undefined) return;
  // Read only now: cells may have moved while the person was asked.
  const { start, end } = placeFor(editor, anchor);
  const texts = (from: number, to: number): string[] =>
    notebook.getCells(new vscode.NotebookRange(from, to)).filter(isTypeScript).map(textOf);
  const cells = cellsOf(steps, source, texts(0, start), texts(end, notebook.cellCount));
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [
    vscode.NotebookEdit.replaceCells(
      new vscode.NotebookRange(start, end),
      cells.map((text) => cellData({ kind: "code", text })),
    ),
  ]);
  if (!(await vscode.workspace.applyEdit(edit))) {
    void vscode.window.showErrorMessage("The notebook cannot be changed; is it read-only?");
    return;
  }
  const inserted = new vscode.NotebookRange(start, start + cells.length);
  editor.selection = new vscode.NotebookRange(start, start + 1);
  editor.revealRange(inserted, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
}

/** Behind the anchor or the selected cells; an empty code cell there gives its place. */
function placeFor(
  { notebook, selection }: vscode.NotebookEditor,
  anchor: vscode.NotebookCell | undefined,
): { start: number; end: number } {
  if (notebook.cellCount === 0) return { start: 0, end: 0 };
  const end = anchor !== undefined && anchor.index >= 0 ? anchor.index + 1 : selection.end;
  const last = end > 0 ? notebook.cellAt(end - 1) : undefined;
  const replaced =
    last?.kind === vscode.NotebookCellKind.Code && last.outputs.length === 0 && textOf(last).trim() === "";
  return { start: replaced ? end - 1 : end, end };
}

/** Menus of a cell call their command with that cell. */
function cellIn(notebook: vscode.NotebookDocument, given: unknown): vscode.NotebookCell | undefined {
  return notebook.getCells().find((cell) => cell === given);
}

function sourceIn(given: unknown): Source | undefined {
  const { success, output } = v.safeParse(SOURCE, given);
  return success ? output : undefined;
}

function isTypeScript({ kind, document }: vscode.NotebookCell): boolean {
  return kind === vscode.NotebookCellKind.Code && document.languageId === "typescript";
}

function textOf({ document }: vscode.NotebookCell): string {
  return document.getText();
}
