import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import * as vscode from "vscode";
import type { ToViewer } from "../../protocol/index.js";
import { checked } from "../../text/index.js";
import { commandOutput } from "../commandOutput.js";
import { runSpinebook } from "../spinebookCommand.js";
import { readKernelSettings } from "../views/configuration.js";
import { kernelEnvironment } from "../views/settings.js";
import { DETECTED_SPINE, FROM_VIEWER } from "./forms.js";
import { viewerPage } from "./page.js";
import { loadVolume } from "./volumeFile.js";

/** What can be opened: a file or folder, and of a study with several series which one. */
export interface Study {
  readonly path: string;
  /** Id of a series; without one the sagittal T2 series is taken. */
  readonly series?: string | undefined;
}

/** The panel of one series. It reads the images when its page says that it listens. */
export class StudyPanel implements vscode.Disposable {
  readonly #extensionFolder: string;
  readonly #path: string;
  readonly #realPath: string;
  readonly #panel: vscode.WebviewPanel;
  #series: string | undefined;
  #failed = false;
  #closed = false;
  /** Work under way; each is stopped when it is asked for anew or the panel is closed. */
  #reading: AbortController | undefined;
  #finding: AbortController | undefined;

  /**
   * @param realPath one for all ways to the same folder
   * @param onClose called once when the panel is gone
   */
  constructor(extension: vscode.Uri, { path, series }: Study, realPath: string, onClose: () => void) {
    const renderers = vscode.Uri.joinPath(extension, "dist", "renderers");
    this.#extensionFolder = extension.fsPath;
    this.#path = path;
    this.#realPath = realPath;
    this.#series = series;
    this.#panel = vscode.window.createWebviewPanel(
      "spinebook.viewer",
      tabTitle(path, series),
      vscode.ViewColumn.Active,
      { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [renderers] },
    );
    const { webview } = this.#panel;
    webview.onDidReceiveMessage((message: unknown) => {
      const { value } = checked(message, FROM_VIEWER);
      if (value?.type === "ready") void this.#read();
      else if (value?.type === "detect") void this.#find();
    });
    this.#panel.onDidDispose(() => {
      this.#closed = true;
      this.#reading?.abort();
      this.#finding?.abort();
      onClose();
    });
    webview.html = viewerPage({
      script: webview.asWebviewUri(vscode.Uri.joinPath(renderers, "volume.js")).toString(),
      nonce: randomBytes(16).toString("base64url"),
    });
  }

  /** Whether it is the panel of a series, or of any of its folder where none is named. */
  shows(realPath: string, series: string | undefined): boolean {
    return realPath === this.#realPath && (series === undefined || series === this.#series);
  }

  /** Brings the panel to the front; reads again what could not be read. */
  show(): void {
    this.#panel.reveal();
    if (this.#failed) void this.#read();
  }

  dispose(): void {
    this.#panel.dispose();
  }

  async #read(): Promise<void> {
    this.#reading?.abort();
    this.#finding?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    this.#failed = false;
    this.#send({ type: "loading" });
    try {
      const volume = await withProgress("Reading images", reading, (onLog) =>
        loadVolume(this.#extensionFolder, this.#path, this.#series, { signal: reading.signal, onLog }),
      );
      if (this.#reading !== reading) return;
      this.#series = volume.series;
      this.#send({ type: "volume", ...volume });
    } catch (error) {
      // A newer reading has taken over, or the panel is closed.
      if (this.#reading !== reading) return;
      this.#failed = true;
      const message = reading.signal.aborted
        ? "Reading was stopped. Open the study again to see it."
        : `These images cannot be read. ${sentence(error)}`;
      this.#send({ type: "failed", message });
    }
  }

  async #find(): Promise<void> {
    if (this.#finding && !this.#finding.signal.aborted) return;
    const finding = new AbortController();
    this.#finding = finding;
    // What is shown: without its id the command would choose the best series of the folder, which may be another patient's.
    const series = this.#series === undefined ? [] : ["--series", this.#series];
    try {
      const json = await withProgress("Finding vertebrae and discs", finding, (onLog) =>
        runSpinebook(this.#extensionFolder, ["detect", this.#path, ...series, "--json"], {
          signal: finding.signal,
          environment: kernelEnvironment(readKernelSettings()),
          onLog,
        }),
      );
      // Other images may be shown by now.
      if (this.#finding !== finding || finding.signal.aborted) return;
      const spine = commandOutput(json, DETECTED_SPINE, "What was found");
      this.#send({ type: "spine", spine });
    } catch (error) {
      const message = finding.signal.aborted ? "" : sentence(error);
      this.#send({ type: "spineFailed", message });
    } finally {
      if (this.#finding === finding) this.#finding = undefined;
    }
  }

  /** A closed panel takes no messages: asking for its webview would throw. */
  #send(message: ToViewer): void {
    if (!this.#closed) void this.#panel.webview.postMessage(message);
  }
}

/** The folder's name, and of one of its series the beginning of its id, so that two viewers of one folder can be told apart. */
function tabTitle(path: string, series: string | undefined): string {
  return series === undefined ? basename(path) : `${basename(path)} · ${series.slice(0, 6)}`;
}

/** Runs work with a notification that shows its last line and can cancel it. */
function withProgress<T>(
  title: string,
  work: AbortController,
  run: (onLog: (line: string) => void) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return Promise.resolve(
    vscode.window.withProgress(options, (progress, cancelled) => {
      cancelled.onCancellationRequested(() => {
        work.abort();
      });
      return run((line) => {
        progress.report({ message: line });
      });
    }),
  );
}

/** What went wrong, without the name of the command that says so. */
function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
