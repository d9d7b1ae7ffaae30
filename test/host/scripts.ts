/** The scripts that start a real VS Code; they stay outside of the tests' bundles, as they are commands too. */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";

/** One test of a suite inside of VS Code. */
export interface SuiteResult {
  readonly title: string;
  readonly milliseconds: number;
  readonly error?: string;
}

/** A running VS Code that a browser shows. */
export interface Host {
  readonly url: string;
  readonly chromium: string;
  readonly settingsFile: string;
  readonly stop: () => void;
}

/** What a saved code cell held. */
export interface SavedCell {
  readonly executionCount: number | null;
  readonly outputs: readonly (string | readonly string[])[];
  readonly error?: string;
}

interface SuiteScript {
  runSuite(options: {
    readonly extension: string;
    readonly suite: string;
    readonly workspace: string;
    readonly log: string;
    /** What the server is started with, such as strace with its options. */
    readonly launcher?: readonly string[];
  }): Promise<readonly SuiteResult[]>;
  hasDesktop(): boolean;
}

interface HostScript {
  readonly themes: Readonly<Record<"light" | "dark" | "contrast", string>>;
  startHost(options: {
    readonly extension: string;
    readonly log: string;
    readonly asksForTrust?: boolean;
  }): Promise<Host>;
  openWorkbench(
    host: Host,
    folder: string,
    log?: (line: string) => void,
  ): Promise<{ readonly browser: Browser; readonly page: Page }>;
  openNotebook(page: Page, name: string): Promise<void>;
  runAll(page: Page, timeout?: number): Promise<void>;
  runCommand(page: Page, title: string): Promise<void>;
  setTheme(page: Page, host: Host, theme: string): Promise<void>;
  savedCells(page: Page, file: string): Promise<readonly SavedCell[]>;
}

export const suiteScript = (await load("vscode-suite.mjs")) as SuiteScript;
export const hostScript = (await load("vscode-host-test.mjs")) as HostScript;

function load(name: string): Promise<unknown> {
  return import(pathToFileURL(resolve("scripts", name)).href);
}
