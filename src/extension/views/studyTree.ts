import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import * as vscode from "vscode";
import { countText } from "./texts.js";
import { seriesLabel, seriesSummary, seriesTooltip, studySummary, type ListedSeries } from "./studyList.js";
import type { StudySource } from "./sources.js";

/** What stands in the tree of studies. */
export type StudyNode = FolderNode | SourceNode | ExaminationNode | SeriesNode | NoteNode;

/** A folder that the user added, or one of the workspace's. */
export interface FolderNode {
  readonly kind: "folder";
  readonly path: string;
  readonly added: boolean;
}

/** What is read as one: mostly a folder with one study. */
export interface SourceNode extends StudySource {
  readonly kind: "source";
  readonly folder: FolderNode;
}

/** One of several studies that lie in the same folder. */
export interface ExaminationNode {
  readonly kind: "examination";
  readonly source: SourceNode;
  /** From 1. */
  readonly number: number;
  readonly series: readonly ListedSeries[];
  /** The source holds no other series. */
  readonly alone: boolean;
}

export interface SeriesNode {
  readonly kind: "series";
  readonly path: string;
  readonly series: ListedSeries;
  /** The path holds no other series. */
  readonly only: boolean;
}

/** A sentence for people where something cannot be listed. */
export interface NoteNode {
  readonly kind: "note";
  readonly text: string;
  readonly icon: string;
}

/** Scheme of the addresses by which series with problems get their mark. */
export const SERIES_SCHEME = "spinebook-series";

/** How a node looks; pictures are read for a series' tooltip. */
export async function treeItemOf(node: StudyNode): Promise<vscode.TreeItem> {
  switch (node.kind) {
    case "folder":
      return folderItem(node);
    case "source":
      return sourceItem(node);
    case "examination":
      return examinationItem(node);
    case "series":
      return seriesItem(node);
    case "note": {
      const item = new vscode.TreeItem(node.text);
      item.iconPath = new vscode.ThemeIcon(node.icon);
      item.tooltip = node.text;
      return item;
    }
  }
}

function folderItem({ path, added }: FolderNode): vscode.TreeItem {
  const item = new vscode.TreeItem(basename(path), vscode.TreeItemCollapsibleState.Expanded);
  item.id = `folder:${path}`;
  item.iconPath = new vscode.ThemeIcon(added ? "folder-library" : "root-folder");
  item.description = added ? "" : "workspace";
  item.tooltip = path;
  item.contextValue = added ? "addedFolder" : "workspaceFolder";
  return item;
}

function sourceItem({ path, label, folder }: SourceNode): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = `source:${folder.path}:${path}`;
  item.iconPath = new vscode.ThemeIcon("layers");
  item.tooltip = path;
  item.contextValue = "study";
  return item;
}

function examinationItem({ source, number, series }: ExaminationNode): vscode.TreeItem {
  const item = new vscode.TreeItem(`Study ${number}`, vscode.TreeItemCollapsibleState.Expanded);
  item.id = `examination:${source.folder.path}:${source.path}:${series[0]?.study ?? number}`;
  item.iconPath = new vscode.ThemeIcon("layers-dot");
  item.description = studySummary(series);
  return item;
}

async function seriesItem({ path, series }: SeriesNode): Promise<vscode.TreeItem> {
  const item = new vscode.TreeItem(seriesLabel(series));
  item.id = `series:${path}:${series.id}`;
  item.description = seriesSummary(series);
  item.contextValue = "series";
  const warned = series.problems.length > 0;
  const picture = series.thumbnail === undefined ? undefined : await pictureAddress(series.thumbnail);
  if (picture !== undefined) item.iconPath = vscode.Uri.file(series.thumbnail!);
  else item.iconPath = warned ? warningIcon() : new vscode.ThemeIcon("file-media");
  // With a picture for an icon, the warning is a mark behind the text.
  if (warned && picture !== undefined)
    item.resourceUri = vscode.Uri.from({
      scheme: SERIES_SCHEME,
      path: `/${series.id}`,
      query: String(series.problems.length),
    });
  const tooltip = new vscode.MarkdownString(seriesTooltip(series, picture), true);
  item.tooltip = tooltip;
  item.accessibilityInformation = {
    label: [
      seriesLabel(series),
      seriesSummary(series),
      ...series.problems.map(({ message }) => message),
    ].join(", "),
  };
  return item;
}

function warningIcon(): vscode.ThemeIcon {
  return new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"));
}

/** The picture as an address that a tooltip can show; undefined where it is gone. */
async function pictureAddress(file: string): Promise<string | undefined> {
  try {
    return `data:image/png;base64,${(await readFile(file)).toString("base64")}`;
  } catch {
    return undefined;
  }
}

/** Marks series that have problems. */
export const problemMarks: vscode.FileDecorationProvider = {
  provideFileDecoration(uri) {
    if (uri.scheme !== SERIES_SCHEME) return undefined;
    const tooltip = `${countText(Number(uri.query), "problem")} with this series`;
    return new vscode.FileDecoration("⚠", tooltip, new vscode.ThemeColor("list.warningForeground"));
  },
};
