// Runs a Mocha suite inside the extension host of a real VS Code, with the whole `vscode` API.
//
//   node scripts/vscode-suite.mjs SUITE.cjs WORKSPACE [EXTENSION]     prints the results as JSON; exit code 1 on a failure
//
// On a desktop the VS Code is the one named in VSCODE_EXECUTABLE or one that @vscode/test-electron downloads; on a machine without a
// screen it is code-server's, shown in a headless Chromium. SUITE exports `run()`, which runs the tests and writes what came
// out to the file named in SPINEBOOK_SUITE_RESULT: [{ title, milliseconds, error? }].
import { spawn } from "node:child_process";
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { answering, chromiumFlags, freePort, stopGroup } from "./vscode-host-test.mjs";
import { ensureHost } from "./vscode-host.mjs";

// What the editor itself would look up; what calls out is watched.
const QUIET = {
  "workbench.enableExperiments": false,
  "telemetry.telemetryLevel": "off",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "update.mode": "none",
};
/** A gallery of extensions that is not there. */
const NO_GALLERY = JSON.stringify({ serviceUrl: "http://127.0.0.1:1", itemUrl: "", resourceUrlTemplate: "" });
/** The longest that a suite may take, in milliseconds. */
const LIMIT = 600_000;

/** Whether a VS Code with a window of its own can be had. */
export function hasDesktop() {
  if (process.env.VSCODE_EXECUTABLE !== undefined) return true;
  return process.platform !== "linux" || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
}

/**
 * @param {{ extension: string, suite: string, workspace: string, log: string, launcher?: string[] }} options the extension's folder,
 *   the built suite, the folder that VS Code opens, the file that receives what VS Code logs, and what its server is started with, such
 *   as strace with its options
 * @returns {Promise<{ title: string, milliseconds: number, error?: string }[]>}
 * @throws {Error} when VS Code ends without having written results
 */
export async function runSuite({ extension, suite, workspace, log, launcher = [] }) {
  const folder = mkdtempSync(join(tmpdir(), "spinebook-suite-"));
  const result = join(folder, "result.json");
  try {
    mkdirSync(dirname(log), { recursive: true });
    const options = {
      extension: resolve(extension),
      suite: resolve(suite),
      workspace: resolve(workspace),
      result,
      log,
      folder,
      launcher,
    };
    await (hasDesktop() ? onDesktop(options) : inCodeServer(options));
    if (!existsSync(result)) throw new Error(`VS Code ended without results; see ${log}.`);
    return JSON.parse(readFileSync(result, "utf8"));
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function onDesktop({ extension, suite, workspace, result, folder }) {
  const { runTests } = await import("@vscode/test-electron");
  // A failed suite rejects here too; its results say more.
  await runTests({
    ...(process.env.VSCODE_EXECUTABLE ? { vscodeExecutablePath: process.env.VSCODE_EXECUTABLE } : {}),
    extensionDevelopmentPath: extension,
    extensionTestsPath: suite,
    extensionTestsEnv: { SPINEBOOK_SUITE_RESULT: result },
    launchArgs: [
      workspace,
      "--disable-workspace-trust",
      "--disable-extensions",
      `--user-data-dir=${join(folder, "data")}`,
    ],
  }).catch((error) => {
    if (!existsSync(result)) throw error;
  });
}

async function inCodeServer({ extension, suite, workspace, result, log, folder, launcher }) {
  const host = ensureHost();
  const port = await freePort();
  const flags = [
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    "--without-connection-token",
    "--accept-server-license-terms",
  ];
  flags.push("--server-data-dir", join(folder, "data"), "--extensions-dir", join(folder, "extensions"));
  // Built versions ignore extensions under development unless this driver is on.
  flags.push("--enable-smoke-test-driver", "--disable-workspace-trust", "--telemetry-level", "off");
  const user = join(folder, "data", "data", "User");
  mkdirSync(user, { recursive: true });
  writeFileSync(join(user, "settings.json"), JSON.stringify(QUIET));
  const [program, ...args] = [...launcher, host.node, host.serverMain, ...flags];
  const server = spawn(program, args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder,
    env: { ...process.env, SPINEBOOK_SUITE_RESULT: result, EXTENSIONS_GALLERY: NO_GALLERY },
  });
  const logFile = createWriteStream(log);
  server.stdout.pipe(logFile, { end: false });
  // The extension host ends with its tests, also where they could not even be loaded.
  let ended = false;
  server.stdout.on("data", (text) => (ended ||= String(text).includes("Extension Host Process exited")));
  server.stderr.pipe(logFile, { end: false });
  let browser;
  try {
    const origin = `127.0.0.1:${port}`;
    await answering(`http://${origin}/version`, server);
    browser = await chromium.launch({
      executablePath: host.chromium,
      headless: true,
      args: chromiumFlags.split(" "),
    });
    const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
    page.on("console", (message) => logFile.write(`[${message.type()}] ${message.text()}\n`));
    const remote = (path) => `vscode-remote://${origin}${path}`;
    const payload = [
      ["extensionDevelopmentPath", remote(extension)],
      ["extensionTestsPath", remote(suite)],
    ];
    const query = `folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
    await page.goto(`http://${origin}/?${query}`, { waitUntil: "load" });
    for (const end = Date.now() + LIMIT; !ended && Date.now() < end; await wait(200));
  } finally {
    await browser?.close();
    stopGroup(server);
    logFile.end();
  }
}

async function main([suite, workspace, extension = resolve(dirname(fileURLToPath(import.meta.url)), "..")]) {
  if (workspace === undefined)
    throw new Error("Usage: node scripts/vscode-suite.mjs SUITE.cjs WORKSPACE [EXTENSION]");
  const results = await runSuite({ extension, suite, workspace, log: join("build", "host", "suite.log") });
  process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
  if (results.some(({ error }) => error !== undefined)) process.exitCode = 1;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
