import * as nodePath from "node:path";
import * as vscode from "vscode";
import type { SpinebookController } from "../controller.js";
import { runSpinebook } from "../spinebookCommand.js";
import { complaint, identityDetail, parseCheck } from "./check.js";
import type { IdentityPlace } from "./check.js";
import { liveIdentity } from "./liveIdentity.js";
import { activeNotebook } from "./notebooks.js";
import { reportPath } from "./paths.js";
import { offerReport } from "./showReport.js";

/**
 * Writes the notebook in front as an HTML report: saves it, looks for identities, asks where the report goes, and offers to
 * open it. Nothing is executed.
 */
export async function exportHtml(
  context: vscode.ExtensionContext,
  controller: SpinebookController,
): Promise<void> {
  const editor = await activeNotebook();
  if (editor === undefined) return;
  const saved = await savedPath(editor.notebook);
  if (saved === undefined) return;
  try {
    const check = parseCheck(
      await command(context, "Looking through the notebook", ["report", saved, "--check", "--json"]),
    );
    const known = liveIdentity(editor.notebook, controller);
    const places = [...known, ...check.identity];
    if (places.length > 0 && !(await mayBeExported(places, editor))) return;
    if (check.outOfOrder !== null && !(await goOnOutOfOrder(check.outOfOrder))) return;
    const target = await vscode.window.showSaveDialog({
      title: "Export to HTML Report",
      saveLabel: "Export",
      defaultUri: vscode.Uri.file(reportPath(saved, nodePath)),
      filters: { "HTML report": ["html"] },
    });
    if (target === undefined) return;
    const allowed = places.length > 0 ? ["--allow-identity"] : [];
    await command(context, "Writing the report", ["report", saved, "-o", target.fsPath, ...allowed]);
    await offerReport(target);
  } catch (error) {
    void vscode.window.showErrorMessage(`The report was not written. ${complaint(error)}`);
  }
}

/** Saves the notebook, an untitled one where the person says; the file's path, or `undefined` where it has none. */
async function savedPath(notebook: vscode.NotebookDocument): Promise<string | undefined> {
  const uri =
    notebook.isUntitled || notebook.isDirty ? await vscode.workspace.save(notebook.uri) : notebook.uri;
  if (uri === undefined) {
    void vscode.window.showInformationMessage(
      "The report was not written: the notebook has to be saved first.",
    );
    return undefined;
  }
  if (uri.scheme === "file") return uri.fsPath;
  void vscode.window.showErrorMessage("A report can be made of a notebook in a folder of this machine only.");
  return undefined;
}

function command(context: vscode.ExtensionContext, title: string, args: readonly string[]): Thenable<string> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (_progress, token) => {
      const abort = new AbortController();
      token.onCancellationRequested(() => {
        abort.abort();
      });
      return runSpinebook(context.extensionUri.fsPath, args, { signal: abort.signal });
    },
  );
}

/**
 * Asks whether a notebook that looks like it tells who a patient is, is to be exported all the same. Enter cancels; Escape
 * goes to the place.
 */
async function mayBeExported(
  places: readonly IdentityPlace[],
  editor: vscode.NotebookEditor,
): Promise<boolean> {
  const cancel: vscode.MessageItem = { title: "Cancel" };
  const anyway: vscode.MessageItem = { title: "Export Anyway" };
  // VS Code puts the item for Escape last; without one it would add a second "Cancel".
  const show: vscode.MessageItem = { title: "Show the Place", isCloseAffordance: true };
  const answer = await vscode.window.showWarningMessage(
    "This notebook looks like it tells who a patient is.",
    {
      modal: true,
      detail: `${identityDetail(places)}\n\nA report is made to be passed on: remove it first.`,
    },
    cancel,
    anyway,
    show,
  );
  if (answer?.title === show.title) reveal(places, editor);
  return answer?.title === anyway.title;
}

function reveal(places: readonly IdentityPlace[], editor: vscode.NotebookEditor): void {
  const cell = places.find((place) => place.cell !== null)?.cell;
  if (cell === undefined || cell === null || cell > editor.notebook.cellCount) return;
  const range = new vscode.NotebookRange(cell - 1, cell);
  editor.selection = range;
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenter);
}

async function goOnOutOfOrder(warning: string): Promise<boolean> {
  const anyway = "Export Anyway";
  const answer = await vscode.window.showWarningMessage(
    "The report will say at its top that the cells were not run in order.",
    { modal: true, detail: warning },
    anyway,
  );
  return answer === anyway;
}
