import * as vscode from "vscode";
import { problemMarks, type FolderNode, type SeriesNode } from "./studyTree.js";
import { STUDIES_VIEW, StudiesView } from "./studiesView.js";
import { loadSeriesCall } from "./studyList.js";
import { StudyReader } from "./studyReader.js";

/** Files whose coming and going may change the list of studies. */
const WATCHED = "**/*.{dcm,DCM,ima,IMA,nii,gz,mha,nrrd}";
/** Copying a study makes many events; one refresh follows when they have ended for this long, in milliseconds. */
const QUIET_MILLISECONDS = 1500;

/** Shows the tree of studies and registers its commands. */
export function registerStudies(context: vscode.ExtensionContext): vscode.Disposable {
  const store = vscode.Uri.joinPath(context.globalStorageUri, "studies").fsPath;
  const view = new StudiesView(new StudyReader(context.extensionUri.fsPath, store), context.workspaceState);
  const tree = vscode.window.createTreeView(STUDIES_VIEW, { treeDataProvider: view, showCollapseAll: true });
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    tree,
    vscode.window.registerFileDecorationProvider(problemMarks),
    tree.onDidCollapseElement(({ element }) => {
      if (element.kind === "source") view.stop(element.path);
    }),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      view.refresh();
    }),
    watchFiles(view),
    registerCommand("spinebook.addStudyFolder", (folder?: vscode.Uri) =>
      folder instanceof vscode.Uri ? view.add([folder.fsPath]) : view.addFolder(),
    ),
    registerCommand("spinebook.removeStudyFolder", (node?: FolderNode) =>
      node?.kind === "folder" ? view.remove(node) : undefined,
    ),
    registerCommand("spinebook.refreshStudies", () => {
      view.refresh();
    }),
    registerCommand("spinebook.stopReadingStudies", () => {
      view.stop();
    }),
    registerCommand("spinebook.openSeriesInNotebook", (node?: SeriesNode) =>
      withSeries(node, (choice) => vscode.commands.executeCommand("spinebook.newNotebook", choice)),
    ),
    registerCommand("spinebook.openSeriesInViewer", (node?: SeriesNode) =>
      withSeries(node, (choice) => vscode.commands.executeCommand("spinebook.openViewer", choice)),
    ),
    registerCommand("spinebook.copyLoadSeriesCall", (node?: SeriesNode) =>
      withSeries(node, ({ path, series }) =>
        vscode.env.clipboard.writeText(loadSeriesCall(path, series, node?.only ?? false)),
      ),
    ),
  );
}

/** Runs a command on the series that it was chosen for; without one, as from the palette, says where to find it. */
async function withSeries(
  node: SeriesNode | undefined,
  act: (choice: { readonly path: string; readonly series: string }) => Thenable<unknown>,
): Promise<void> {
  if (node?.kind === "series") await act({ path: node.path, series: node.series.id });
  else void vscode.window.showInformationMessage("Choose a series in the view Spinebook: Studies first.");
}

/** Lists anew when studies come into the workspace or leave it. */
function watchFiles(view: StudiesView): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(WATCHED, false, true, false);
  let timer: NodeJS.Timeout | undefined;
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      view.refresh();
    }, QUIET_MILLISECONDS);
  };
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(later),
    watcher.onDidDelete(later),
    new vscode.Disposable(() => {
      clearTimeout(timer);
    }),
  );
}
