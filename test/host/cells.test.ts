/** Cells in the real VS Code: many viewers, completion, export, interrupt and restart, by the mouse and keyboard of a user. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import * as imaging from "../../src/imaging/index.js";
import { syntheticVolume } from "../support/displays.js";
import { hostScript, type Host } from "./scripts.js";
import { ARTEFACTS, cell, enterCell, notebookText, pictured, until, workbenchSkip } from "./support.js";

const VIEWERS = 40;
const BUSY = ".codicon-notebook-state-executing";

describe("cells in the workbench", { skip: workbenchSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "spinebook-cells-"));
  let host: Host;
  let browser: Browser;
  let page: Page;
  const it = pictured(() => page);

  before(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    const cells = ["const kept = 'kept'; console.log('in'); while (true) {}", "typeof kept"];
    writeFileSync(join(folder, "loop.ipynb"), notebookText(cells.map(cell)));
    const named = [
      'import { readdirSync } from "node:fs";\nconst found = { level: "L4-L5", grade: 3 };',
      "found",
    ];
    writeFileSync(join(folder, "names.ipynb"), notebookText(named.map(cell)));
    writeFileSync(join(folder, "small.nii"), imaging.writeNifti(syntheticVolume()));
    const many = [
      'import { loadSeries } from "spinebook"; const scan = await loadSeries("small.nii");',
      `for (let shown = 0; shown < ${VIEWERS}; shown++) display(scan);`,
    ];
    writeFileSync(join(folder, "many.ipynb"), notebookText(many.map(cell)));
    host = await hostScript.startHost({ extension: ".", log: join(ARTEFACTS, "cells.log") });
    ({ browser, page } = await hostScript.openWorkbench(host, folder));
  });
  after(async () => {
    await browser.close();
    host.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it(`${VIEWERS} slice viewers in one notebook are all live`, async () => {
    await openOnly(page, "many.ipynb");
    await hostScript.runAll(page);
    let canvases: Locator | undefined;
    await until("all viewers", async () => {
      for (const frame of page.frames().filter((one) => one.url().includes("/static/out"))) {
        const found = frame.locator("canvas[data-slice]");
        if ((await found.count().catch(() => 0)) === VIEWERS) canvases = found;
      }
      return canvases !== undefined;
    });
    for (const canvas of await canvases!.all()) {
      const before = await canvas.getAttribute("data-slice");
      await canvas.focus();
      await canvas.press("ArrowDown");
      await until("the next slice", async () => (await canvas.getAttribute("data-slice")) !== before);
    }
    await page.keyboard.press("Control+S");
  });

  it("names of an earlier cell with an import are completed, each once", async () => {
    await openOnly(page, "names.ipynb");
    await enterCell(page, 1);
    await page.keyboard.press("Control+End");
    const rows = page.locator(".suggest-widget.visible .monaco-list-row .label-name");
    // The language server starts with the first notebook that needs it.
    await page.keyboard.type(".");
    await until("completion", async () => {
      await page.waitForTimeout(1500);
      if ((await rows.count()) > 0) return true;
      // The language server may still have been starting.
      await page.keyboard.press("Control+Space");
      return false;
    });
    await page.screenshot({ path: join(ARTEFACTS, "completion.png") });
    const shown = await rows.allTextContents();
    assert.deepEqual(shown.filter((name) => name === "grade" || name === "level").sort(), ["grade", "level"]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+S");
  });

  it("the notebook is exported as one page", async () => {
    await openOnly(page, "names.ipynb");
    await hostScript.runCommand(page, "Spinebook: Export to HTML");
    const input = page.locator(".quick-input-widget:visible input[type='text']");
    // The dialog asks where once the notebook was looked through, and takes an answer once it has listed the folder.
    await until("the dialog", async () => (await dialogValue(input)).endsWith("names.html"));
    await page.locator(".quick-input-widget:visible .monaco-list-row").first().waitFor();
    await page.screenshot({ path: join(ARTEFACTS, "export.png") });
    const report = join(folder, "names.html");
    await until("the report", async () => {
      if ((await dialogValue(input)).endsWith("names.html")) await input.press("Enter");
      await page.waitForTimeout(1000);
      return existsSync(report);
    });
    assert.match(readFileSync(report, "utf8"), /Research use only/);
  });

  it("a loop is interrupted by the tool bar, its variables stay until a restart", async () => {
    await openOnly(page, "loop.ipynb");
    await page.locator(".notebook-toolbar-container:visible >> text=/^Run All$/").click();
    // The cell is busy before its code runs; what it writes first tells that it is in its loop.
    await until("the loop", async () => {
      await page.keyboard.press("Control+S");
      await page.waitForTimeout(300);
      return outputText(join(folder, "loop.ipynb"), 0)?.trim() === "in";
    });
    await page.locator(".notebook-toolbar-container:visible [aria-label^='Interrupt']").click();
    await page.locator(BUSY).first().waitFor({ state: "detached" });
    await page.screenshot({ path: join(ARTEFACTS, "interrupted.png") });
    await runSecond(page, join(folder, "loop.ipynb"), "'string'");
    await page.locator(".notebook-toolbar-container:visible [aria-label^='Restart Kernel']").click();
    await page.waitForTimeout(500);
    await runSecond(page, join(folder, "loop.ipynb"), "'undefined'");
  });
});

/** Opens a saved notebook, as the only editor: what is hidden would be found too. */
async function openOnly(page: Page, name: string): Promise<void> {
  await page.keyboard.press("Control+K");
  await page.keyboard.press("Control+W");
  await page.locator(".notebook-toolbar-container:visible").waitFor({ state: "detached" });
  await page.keyboard.press("Control+Shift+E");
  await hostScript.openNotebook(page, name);
}

/** What the quick input's field holds; nothing where none is open. */
async function dialogValue(input: Locator): Promise<string> {
  return (await input.count()) === 1 ? input.inputValue() : "";
}

/** Runs the notebook's second cell; its saved result must become `expected`. */
async function runSecond(page: Page, file: string, expected: string): Promise<void> {
  await enterCell(page, 1);
  await page.keyboard.press("Shift+Enter");
  await until(expected, async () => {
    await page.keyboard.press("Control+S");
    await page.waitForTimeout(300);
    return outputText(file, 1) === expected;
  });
}

/** What a cell's first saved output says; undefined while the file is being written or has none. */
function outputText(file: string, index: number): string | undefined {
  try {
    const { cells } = JSON.parse(readFileSync(file, "utf8")) as SavedNotebook;
    const output = cells[index]?.outputs[0];
    return (output?.text ?? output?.data?.["text/plain"])?.join("");
  } catch {
    return undefined;
  }
}

interface SavedNotebook {
  readonly cells: readonly {
    readonly outputs: readonly {
      /** Of a stream. */
      readonly text?: readonly string[];
      readonly data?: Readonly<Record<string, readonly string[]>>;
    }[];
  }[];
}
