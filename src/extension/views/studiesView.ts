import * as vscode from "vscode";
import { findSources, holdsDicom } from "./sources.js";
import type { StudyReader } from "./studyReader.js";
import { groupByStudy, studySummary } from "./studyList.js";
import {
  treeItemOf,
  type ExaminationNode,
  type FolderNode,
  type SeriesNode,
  type SourceNode,
  type StudyNode,
} from "./studyTree.js";

/** Key of the added folders in the workspace's state. */
const ADDED = "spinebook.studyFolders";
export const STUDIES_VIEW = "spinebook.studies";
/** Context key: true while studies are read. */
const READING = "spinebook.readingStudies";

/** The tree of studies: folders, the studies in them, their series. Each is read when it is opened. */
export class StudiesView implements vscode.TreeDataProvider<StudyNode> {
  private readonly changed = new vscode.EventEmitter<StudyNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  /** What is being read, by its path. */
  private readonly reading = new Map<string, AbortController>();
  /** What each study that was read holds, in a few words, by its path. */
  private readonly summaries = new Map<string, string>();

  constructor(
    private readonly reader: StudyReader,
    private readonly state: vscode.Memento,
  ) {}

  async getTreeItem(node: StudyNode): Promise<vscode.TreeItem> {
    const item = await treeItemOf(node);
    if (node.kind === "source") item.description = this.summaries.get(node.path) ?? "";
    return item;
  }

  async getChildren(node?: StudyNode): Promise<StudyNode[]> {
    if (node === undefined) return this.folders();
    switch (node.kind) {
      case "folder":
        return sourcesOf(node);
      case "source":
        return this.studiesOf(node);
      case "examination":
        return seriesOf(node);
      default:
        return [];
    }
  }

  /** Lists everything anew; what has not changed on disk is not read again. */
  refresh(): void {
    this.stop();
    this.changed.fire(undefined);
  }

  /** Asks for folders and adds them. */
  async addFolder(): Promise<void> {
    const chosen = await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      canSelectMany: true,
      openLabel: "Add Study Folder",
      title: "Folders that hold studies",
    });
    if (chosen === undefined) return;
    await this.add(chosen.map(({ fsPath }) => fsPath));
  }

  /** Adds folders and remembers them. */
  async add(paths: readonly string[]): Promise<void> {
    await this.state.update(ADDED, [...new Set([...this.added(), ...paths])]);
    this.changed.fire(undefined);
  }

  /** Takes a folder out of the list, with what was kept of it; its files stay as they are. */
  async remove({ path }: FolderNode): Promise<void> {
    await this.state.update(
      ADDED,
      this.added().filter((added) => added !== path),
    );
    this.changed.fire(undefined);
    for (const source of await findSources(path)) await this.reader.forget(source.path);
  }

  /** Stops what is being read, or only what is read of one path. */
  stop(path?: string): void {
    for (const [read, controller] of this.reading)
      if (path === undefined || read === path) controller.abort();
  }

  private added(): readonly string[] {
    return this.state.get<string[]>(ADDED, []);
  }

  private async folders(): Promise<StudyNode[]> {
    const added = this.added().map((path): FolderNode => ({ kind: "folder", path, added: true }));
    const folders = vscode.workspace.workspaceFolders ?? [];
    const own = folders
      .filter(({ uri }) => uri.scheme === "file" && !this.added().includes(uri.fsPath))
      .map(async ({ uri }): Promise<FolderNode[]> =>
        (await holdsDicom(uri.fsPath)) ? [{ kind: "folder", path: uri.fsPath, added: false }] : [],
      );
    return [...added, ...(await Promise.all(own)).flat()];
  }

  private async studiesOf(source: SourceNode): Promise<StudyNode[]> {
    const { path } = source;
    this.stop(path);
    const controller = new AbortController();
    this.setReading(path, controller);
    try {
      const series = await vscode.window.withProgress({ location: { viewId: STUDIES_VIEW } }, () =>
        this.reader.read(path, controller.signal),
      );
      this.summarise(source, studySummary(series));
      const studies = groupByStudy(series).map((group, index, all): ExaminationNode => ({
        kind: "examination",
        source,
        number: index + 1,
        series: group,
        alone: all.length === 1 && group.length === 1,
      }));
      return studies.length === 1 ? seriesOf(studies[0]!) : studies;
    } catch (error) {
      if (controller.signal.aborted)
        return [
          { kind: "note", text: "Reading was stopped. Refresh to read it again.", icon: "circle-slash" },
        ];
      const text = error instanceof Error ? error.message : "It cannot be read.";
      return [{ kind: "note", text, icon: "error" }];
    } finally {
      if (this.reading.get(path) === controller) this.setReading(path, undefined);
    }
  }

  private summarise(source: SourceNode, summary: string): void {
    if (this.summaries.get(source.path) === summary) return;
    this.summaries.set(source.path, summary);
    this.changed.fire(source);
  }

  private setReading(path: string, controller: AbortController | undefined): void {
    if (controller === undefined) this.reading.delete(path);
    else this.reading.set(path, controller);
    void vscode.commands.executeCommand("setContext", READING, this.reading.size > 0);
  }
}

async function sourcesOf(folder: FolderNode): Promise<StudyNode[]> {
  const sources = await findSources(folder.path);
  if (sources.length === 0)
    return [
      { kind: "note", text: "No DICOM, NIfTI, MetaImage or NRRD was found in this folder.", icon: "info" },
    ];
  return sources.map((source) => ({ kind: "source", folder, ...source }));
}

function seriesOf({ source, series, alone }: ExaminationNode): SeriesNode[] {
  return series.map((one) => ({ kind: "series", path: source.path, series: one, only: alone }));
}
