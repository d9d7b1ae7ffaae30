import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import * as vscode from "vscode";

/**
 * Tells that a report was written and offers to open it: in the browser where VS Code runs on this machine, in a tab of its
 * own where the file lies on another one (SSH, containers, WSL), which the browser cannot reach.
 */
export async function offerReport(report: vscode.Uri): Promise<void> {
  const here = vscode.env.remoteName === undefined;
  const open = here ? "Open in Browser" : "Open in a Tab";
  const message = `The report ${basename(report.fsPath)} is written.`;
  if ((await vscode.window.showInformationMessage(message, open)) !== open) return;
  if (here) await vscode.env.openExternal(report);
  else await showInTab(report);
}

/** The report itself forbids all but its own scripts, and anything from a network. */
async function showInTab(report: vscode.Uri): Promise<void> {
  const html = await readFile(report.fsPath, "utf8");
  const panel = vscode.window.createWebviewPanel(
    "spinebook.report",
    basename(report.fsPath),
    vscode.ViewColumn.Beside,
    { enableScripts: true, enableFindWidget: true, localResourceRoots: [] },
  );
  panel.webview.html = html;
}
