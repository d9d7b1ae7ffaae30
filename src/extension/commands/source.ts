import * as nodePath from "node:path";
import * as vscode from "vscode";
import { pathInCell } from "./paths.js";
import type { Source } from "./steps.js";

type Kind = "folder" | "file" | "example";

/**
 * Asks what a "load" cell is to read: a folder, a file, or the patient that comes with the extension. Dialogs show the file system of the machine
 * that the kernel runs on, also over SSH or in a container.
 * @param folder where the cell's relative paths begin
 * @returns `undefined` when the person has changed their mind
 */
export async function askForSource(folder: string | undefined): Promise<Source | undefined> {
  const kind = await askForKind();
  if (kind === undefined) return undefined;
  if (kind === "example") return { example: true };
  const chosen = await vscode.window.showOpenDialog({
    title: kind === "folder" ? "Folder of the study" : "Image file",
    openLabel: "Load",
    canSelectFiles: kind === "file",
    canSelectFolders: kind === "folder",
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.file(folder) }),
    ...(kind === "file"
      ? { filters: { Images: ["dcm", "ima", "nii", "gz", "mha", "nrrd", "png"], "All files": ["*"] } }
      : {}),
  });
  const uri = chosen?.[0];
  if (uri === undefined) return undefined;
  if (uri.scheme !== "file") {
    void vscode.window.showErrorMessage("Cells can read files of the kernel's own machine only.");
    return undefined;
  }
  const path = pathInCell(uri.fsPath, folder, nodePath);
  if (!/\.png$/i.test(path)) return { path };
  const spacing = await askForSpacing();
  return spacing === undefined ? undefined : { path, spacing };
}

async function askForKind(): Promise<Kind | undefined> {
  const items: (vscode.QuickPickItem & { readonly sourceKind: Kind })[] = [
    {
      sourceKind: "folder",
      label: "$(folder) Folder...",
      detail: "A DICOM study or series, searched with all folders inside.",
    },
    { sourceKind: "file", label: "$(file-media) File...", detail: "DICOM, NIfTI, MetaImage, NRRD or PNG." },
    {
      sourceKind: "example",
      label: "$(beaker) Example patient",
      detail:
        "A real patient that comes with Spinebook (SPIDER data set, CC BY 4.0), for who has no study at hand.",
    },
  ];
  return (await vscode.window.showQuickPick(items, { title: "Load Series: what is to be loaded?" }))
    ?.sourceKind;
}

/** A picture does not carry the distance between its pixels, and every length rests on it. */
async function askForSpacing(): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: "Load Series: distance between the picture's pixels",
    prompt: "In mm, such as 0.625; lengths and grades rest on it.",
    validateInput: (value) => (Number(value) > 0 ? undefined : "Give a number of millimetres above 0."),
  });
  return text === undefined ? undefined : Number(text);
}
