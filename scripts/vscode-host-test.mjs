// Runs a notebook in a real VS Code workbench as a user would, and keeps pictures of it.
//
//   node scripts/vscode-host-test.mjs NOTEBOOK.ipynb ARTEFACTS [EXTENSION]
//
// NOTEBOOK   is opened from the explorer of its folder, run by "Run All" and SAVED with its outputs: give it a scratch copy.
// ARTEFACTS  receives light.png, dark.png, contrast.png (one per theme), frames.json (what stands in the outputs' iframe),
//            console.log (the browser's), server.log, and error.png where something failed.
// EXTENSION  folder with package.json and dist/; the repository itself where left out (build it first).
//
// Prints { cells: [{ executionCount, outputs: [mime types or stream names], error? }], seconds } as JSON. Exit code 1 when a code cell did
// not run or threw. The parts (startHost, openWorkbench, openNotebook, runAll, setTheme, savedCells) are exported for tests.
import { spawn, spawnSync } from "node:child_process";
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { ensureHost } from "./vscode-host.mjs";

/** File name of the picture -> VS Code's own name of the theme. */
export const themes = {
  light: "Light Modern",
  dark: "Dark Modern",
  contrast: "Default High Contrast",
};

const settings = {
  "workbench.startupEditor": "none",
  "chat.disableAIFeatures": true,
  "workbench.colorTheme": themes.light,
  "extensions.autoUpdate": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
};

/** Height in pixels of a window that shows all of the demo notebook. */
const TALL = 5200;

/** The longest that a state of the workbench is waited for, in milliseconds: a slow machine beside other work comes to it long before. */
const LIMIT = 180_000;

/** Chromium without a screen, a profile or a word to anybody. */
export const chromiumFlags =
  "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

/**
 * Starts code-server with one extension and settings of its own in a temporary folder.
 *
 * @param {{ extension: string, log: string, asksForTrust?: boolean }} options folder of the extension, or a VSIX, which is
 *   installed as a user does; file for the server's log; whether folders are trusted only when the user says so
 * @returns {Promise<{ url: string, chromium: string, settingsFile: string, stop: () => void }>}
 */
export async function startHost({ extension, log, asksForTrust = false }) {
  const host = ensureHost();
  const folder = mkdtempSync(join(tmpdir(), "spinebook-host-"));
  const userData = join(folder, "data");
  const extensions = join(folder, "extensions");
  mkdirSync(join(userData, "User"), { recursive: true });
  mkdirSync(extensions);
  const settingsFile = join(userData, "User", "settings.json");
  const trust = { "security.workspace.trust.enabled": asksForTrust };
  writeFileSync(settingsFile, JSON.stringify({ ...settings, ...trust }));
  if (extension.endsWith(".vsix")) installVsix(host, resolve(extension), userData, extensions);
  else {
    const { publisher, name, version } = JSON.parse(readFileSync(join(extension, "package.json"), "utf8"));
    symlinkSync(resolve(extension), join(extensions, `${publisher}.${name}-${version}`));
  }
  const port = await freePort();
  const flags = [
    "--auth",
    "none",
    "--bind-addr",
    `127.0.0.1:${port}`,
    "--config",
    join(folder, "config.yaml"),
  ];
  flags.push(
    "--user-data-dir",
    userData,
    "--extensions-dir",
    extensions,
    "--session-socket",
    join(folder, "session.sock"),
  );
  flags.push("--disable-telemetry", "--disable-update-check", "--disable-getting-started-override");
  if (!asksForTrust) flags.push("--disable-workspace-trust");
  const server = spawn(host.node, [host.codeServer, ...flags], {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder,
  });
  const logFile = createWriteStream(log);
  server.stdout.pipe(logFile, { end: false });
  server.stderr.pipe(logFile, { end: false });
  const stop = () => {
    stopGroup(server);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await answering(`${url}/healthz`, server);
  } catch (error) {
    stop();
    throw error;
  }
  return { url, chromium: host.chromium, settingsFile, stop };
}

function installVsix(host, file, userData, extensions) {
  const flags = ["--user-data-dir", userData, "--extensions-dir", extensions, "--install-extension", file];
  const { status, stdout, stderr } = spawnSync(host.node, [host.codeServer, ...flags], { encoding: "utf8" });
  if (status !== 0 || readdirSync(extensions).length === 0)
    throw new Error(`${file} could not be installed: ${stdout}${stderr}`);
}

/** Ends a detached process with all that it started. */
export function stopGroup(server) {
  try {
    process.kill(-server.pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

/** Waits until a server answers at an address. */
export async function answering(url, server) {
  for (const end = Date.now() + LIMIT; Date.now() < end; await wait(200)) {
    if (server.exitCode !== null)
      throw new Error(`code-server ended with code ${server.exitCode}; see server.log.`);
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
  }
  throw new Error(`code-server did not answer within ${LIMIT / 1000} s; see server.log.`);
}

/** A port that nobody listens at. */
export function freePort() {
  return new Promise((resolvePort, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolvePort(port));
    });
  });
}

/** Opens a folder in the workbench and waits until its files are listed. `log` receives the browser's console. */
export async function openWorkbench(host, folder, log = () => {}) {
  const browser = await chromium.launch({
    executablePath: host.chromium,
    headless: true,
    args: chromiumFlags.split(" "),
  });
  const page = await (await browser.newContext({ viewport: { width: 1400, height: 1000 } })).newPage();
  page.setDefaultTimeout(LIMIT);
  page.on("console", (message) => log(`[${message.type()}] ${message.text()}`));
  page.on("pageerror", (error) => log(`[pageerror] ${error}`));
  await page.goto(`${host.url}/?folder=${encodeURIComponent(folder)}`, { waitUntil: "load" });
  await page.waitForSelector(".explorer-folders-view .monaco-list-row");
  await page.waitForTimeout(2500); // rows are there before they take clicks
  return { browser, page };
}

/** Opens a notebook from the explorer, with the kernel that VS Code itself picks. */
export async function openNotebook(page, name) {
  const shown = async () => {
    await page.dblclick(`.explorer-folders-view .monaco-list-row:has-text("${name}")`);
    await page.waitForSelector(`.tab.active:has-text("${name}")`, { timeout: LIMIT / 6 });
    await page.waitForSelector(".kernel-label:visible:has-text('Spinebook')", { timeout: LIMIT / 3 });
  };
  for (let attempt = 1; ; attempt++) {
    const error = await shown().catch((reason) => reason);
    if (error === undefined) return;
    if (attempt === 4) throw error;
    // The explorer's rows are used again for other files while files come and go, so that a click may open the neighbour; and on a
    // busy machine a notebook may open as text, before VS Code knows what it is.
    await page.keyboard.press("Control+K");
    await page.keyboard.press("Control+W");
    await page.waitForTimeout(3000);
  }
}

/** Runs all cells and waits until none runs or waits any more, quietly for a second after the first was seen to run. */
export async function runAll(page, timeout = 2 * LIMIT) {
  const busy =
    ".codicon-notebook-state-executing, .codicon-notebook-state-pending, .notebook-toolbar-container:visible [aria-label^='Interrupt']";
  await page.click(".notebook-toolbar-container:visible >> text=/^Run All$/");
  let quietSince;
  // On a slow machine the first cell is long in coming; what ran between two looks is never seen at all.
  let quiet = 15_000;
  for (const end = Date.now() + timeout; Date.now() < end; await page.waitForTimeout(100)) {
    if ((await page.$(busy)) !== null) [quietSince, quiet] = [undefined, 1000];
    else quietSince ??= Date.now();
    if (quietSince !== undefined && Date.now() - quietSince > quiet) return;
  }
  throw new Error(`Cells were still running after ${timeout / 1000} s.`);
}

/** Runs a command by its title, from the command palette. */
export async function runCommand(page, title) {
  const row = page.locator(".quick-input-list-row:visible", { hasText: title }).first();
  for (let attempt = 1; ; attempt++) {
    await page.keyboard.press("F1");
    await page.locator(".quick-input-widget:visible input[type='text']").fill(`>${title}`);
    // On a busy machine the palette may put its own text into the field after ours.
    const error = await row.click({ timeout: LIMIT / 6 }).catch((reason) => reason);
    if (error === undefined) return;
    if (attempt === 6) throw error;
    await page.keyboard.press("Escape");
  }
}

/** Switches the workbench's colour theme by its settings file and waits until it shows. */
export async function setTheme(page, host, theme) {
  const kind = theme === themes.light ? "vs" : theme === themes.dark ? "vs-dark" : "hc-black";
  const before = JSON.parse(readFileSync(host.settingsFile, "utf8"));
  writeFileSync(host.settingsFile, JSON.stringify({ ...before, "workbench.colorTheme": theme }));
  // The workbench reads changed settings only when it starts. The notebook opens again as it was saved, without a kernel.
  await page.reload({ waitUntil: "load" });
  await page.waitForSelector(`.monaco-workbench.${kind}`);
  await page.waitForSelector(".kernel-label:visible:has-text('Spinebook')");
  await outputsAreDrawn(page);
}

/** Outputs are drawn one after the other: waits until there are some and no more come for three seconds. */
async function outputsAreDrawn(page) {
  let [drawn, since] = ["", Date.now()];
  for (const end = Date.now() + LIMIT; Date.now() < end; await page.waitForTimeout(300)) {
    const now = JSON.stringify(await outputFrames(page));
    if (now !== drawn) [drawn, since] = [now, Date.now()];
    else if (now !== "[]" && Date.now() - since > 3000) return;
  }
}

/** Saves the notebook and reads its code cells back from the file: what really ran and what it gave. */
export async function savedCells(page, file) {
  const before = statSync(file).mtimeMs;
  await page.keyboard.press("Control+S");
  for (const end = Date.now() + LIMIT; statSync(file).mtimeMs === before; await wait(100))
    if (Date.now() > end) throw new Error(`The notebook was not saved within ${LIMIT / 1000} s.`);
  const { cells } = await wholeJson(file);
  return cells.filter((cell) => cell.cell_type === "code").map(summary);
}

/** The file's JSON, once it has been written to its end. */
async function wholeJson(file) {
  for (const end = Date.now() + LIMIT; ; await wait(200))
    try {
      return JSON.parse(readFileSync(file, "utf8"));
    } catch (error) {
      if (Date.now() > end) throw error;
    }
}

function summary(cell) {
  const error = cell.outputs.find((output) => output.output_type === "error");
  return {
    executionCount: cell.execution_count,
    outputs: cell.outputs.map((output) => output.name ?? output.ename ?? Object.keys(output.data)),
    ...(error === undefined ? {} : { error: `${error.ename}: ${error.evalue}` }),
  };
}

/** Number of drawn elements in each iframe that holds outputs. */
async function outputFrames(page) {
  const frames = page.frames().filter((frame) => frame.url().includes("/static/out"));
  const read = () => {
    // The renderers draw into shadow trees.
    const count = (root, tag) =>
      root.querySelectorAll(tag).length +
      [...root.querySelectorAll("*")].reduce(
        (sum, { shadowRoot }) => sum + (shadowRoot ? count(shadowRoot, tag) : 0),
        0,
      );
    const [canvases, svgs, images, tables] = ["canvas", "svg", "img", "table"].map((tag) =>
      count(document, tag),
    );
    return { canvases, svgs, images, tables };
  };
  return Promise.all(
    frames.map((frame) => frame.evaluate(read).catch((error) => ({ error: String(error) }))),
  );
}

async function main([
  notebook,
  artefacts,
  extension = resolve(dirname(fileURLToPath(import.meta.url)), ".."),
]) {
  if (artefacts === undefined)
    throw new Error("Usage: node scripts/vscode-host-test.mjs NOTEBOOK.ipynb ARTEFACTS [EXTENSION]");
  const file = resolve(notebook);
  mkdirSync(artefacts, { recursive: true });
  const consoleLog = createWriteStream(join(artefacts, "console.log"));
  const host = await startHost({ extension, log: join(artefacts, "server.log") });
  let browser;
  let page;
  try {
    ({ browser, page } = await openWorkbench(host, dirname(file), (line) => consoleLog.write(`${line}\n`)));
    await openNotebook(page, basename(file));
    const started = Date.now();
    await runAll(page);
    const seconds = (Date.now() - started) / 1000 - 1;
    const cells = await savedCells(page, file);
    process.stdout.write(`${JSON.stringify({ cells, seconds }, null, 2)}\n`);
    // Cells out of view are not drawn: one tall window shows the whole notebook.
    await page.setViewportSize({ width: 1400, height: TALL });
    for (const [name, theme] of Object.entries(themes)) {
      await setTheme(page, host, theme);
      await page.screenshot({ path: join(artefacts, `${name}.png`) });
    }
    writeFileSync(join(artefacts, "frames.json"), JSON.stringify(await outputFrames(page), null, 2));
    if (cells.some((cell) => cell.executionCount === null || cell.error !== undefined)) process.exitCode = 1;
  } catch (error) {
    await page?.screenshot({ path: join(artefacts, "error.png") });
    throw error;
  } finally {
    await browser?.close();
    host.stop();
    consoleLog.end();
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
