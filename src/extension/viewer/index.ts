/** The viewer of one study in a panel of its own: the command that opens it, and one panel for each series. */
import { realpath } from "node:fs/promises";
import * as vscode from "vscode";
import { StudyPanel, type Study } from "./panel.js";

export const OPEN_VIEWER = "spinebook.openViewer";

/**
 * Offers the command `spinebook.openViewer`. It takes a file or folder of the explorer, a path with an optional series id,
 * or asks for one.
 */
export function registerViewer(context: vscode.ExtensionContext): vscode.Disposable {
  const panels = new Set<StudyPanel>();
  const open = async (chosen: unknown): Promise<void> => {
    const study = await studyOf(chosen);
    if (study === undefined) return;
    // Two ways to the same folder are one study; what is not there is reported by the panel itself.
    const key = await realpath(study.path).catch(() => study.path);
    const known = [...panels].find((panel) => panel.shows(key, study.series));
    if (known) {
      known.show();
      return;
    }
    const panel: StudyPanel = new StudyPanel(context.extensionUri, study, key, () => panels.delete(panel));
    panels.add(panel);
  };
  return vscode.Disposable.from(vscode.commands.registerCommand(OPEN_VIEWER, open), {
    dispose() {
      for (const panel of [...panels]) panel.dispose();
    },
  });
}

/** What the command was called with as a study; `undefined` when the reader chooses none or it cannot be opened. */
async function studyOf(chosen: unknown): Promise<Study | undefined> {
  if (isStudy(chosen)) return { path: chosen.path, series: chosen.series };
  const uri = chosen instanceof vscode.Uri ? chosen : await askForStudy();
  if (uri === undefined) return undefined;
  if (uri.scheme === "file") return { path: uri.fsPath };
  void vscode.window.showErrorMessage(
    "Spinebook opens files and folders of a disk only; copy this one to a disk first.",
  );
  return undefined;
}

/** A plain path; a `Uri` has a path too, but in another notation. */
function isStudy(chosen: unknown): chosen is Study {
  if (typeof chosen !== "object" || chosen === null || chosen instanceof vscode.Uri) return false;
  const { path, series } = chosen as Partial<Record<keyof Study, unknown>>;
  return typeof path === "string" && (series === undefined || typeof series === "string");
}

/** Asks first for folder or file, because most systems have no dialog that offers both. */
async function askForStudy(): Promise<vscode.Uri | undefined> {
  const folder = { label: "$(folder) Folder with DICOM files" };
  const file = { label: "$(file) Image file", description: ".dcm, .nii, .nii.gz, .mha, .nrrd" };
  const kind = await vscode.window.showQuickPick([folder, file], {
    placeHolder: "What shall the viewer show?",
  });
  if (kind === undefined) return undefined;
  const [uri] =
    (await vscode.window.showOpenDialog({
      title: "Open in Viewer",
      openLabel: "Open in Viewer",
      canSelectFolders: kind === folder,
      canSelectFiles: kind === file,
      ...(kind === file
        ? { filters: { Images: ["dcm", "nii", "gz", "mha", "nrrd"], "All files": ["*"] } }
        : {}),
    })) ?? [];
  return uri;
}
