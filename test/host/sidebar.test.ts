/** Spinebook's side bar in the real VS Code: a study opens in the viewer, a notebook's variables are listed. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import type { Browser, Frame, Page } from "playwright-core";
import { spinebook } from "../support/cli.js";
import { hostScript, type Host } from "./scripts.js";
import { ARTEFACTS, cell, notebookText, pictured, until, workbenchSkip } from "./support.js";

describe("Spinebook's side bar", { skip: workbenchSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "spinebook-sidebar-"));
  let host: Host;
  let browser: Browser;
  let page: Page;
  const it = pictured(() => page);

  before(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    const made = spinebook(["phantom", folder, "--seed", "5", "--studies", "1"]);
    assert.equal(made.code, 0, made.stderr);
    const source = "const grid = [[1, 2, 3], [4, 5, 6]]; const level = 'L4-L5';";
    writeFileSync(join(folder, "names.ipynb"), notebookText([cell(source, 0)]));
    host = await hostScript.startHost({ extension: ".", log: join(ARTEFACTS, "sidebar.log") });
    ({ browser, page } = await hostScript.openWorkbench(host, folder));
  });
  after(async () => {
    await browser.close();
    host.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("lists the studies of the workspace, with their series", async () => {
    await page.locator(".activitybar a[aria-label='Spinebook']").click();
    await page.locator(".sidebar .monaco-list-row:has-text('study-001')").first().click();
    const series = page.locator(".sidebar .monaco-list-row:has-text('T2 sagittal phantom')");
    await series.waitFor();
    // The study's hover would lie over its series.
    await page.mouse.move(900, 600);
    await page.locator(".context-view .hover-contents:visible").waitFor({ state: "detached" });
    await page.screenshot({ path: join(ARTEFACTS, "studies.png") });
  });

  it("a series opens in the viewer, where its vertebrae and discs are found", async () => {
    await page
      .locator(".sidebar .monaco-list-row:has-text('T2 sagittal phantom')")
      .click({ button: "right" });
    await page.waitForTimeout(1000); // the menu is there before it takes clicks
    await page.locator(".monaco-menu .action-label:has-text('Open in Viewer')").click();
    let viewer: Frame | undefined;
    await until("the viewer", async () => {
      for (const frame of page.frames())
        if (
          (await frame
            .locator("canvas")
            .count()
            .catch(() => 0)) >= 3
        )
          viewer = frame;
      return viewer !== undefined;
    });
    await viewer!.locator("button:has-text('Find vertebrae and discs')").click();
    await viewer!.locator("button:has-text('L4-L5')").click();
    await page.screenshot({ path: join(ARTEFACTS, "viewer.png") });
  });

  it("variables are listed with their shape after a cell has run", async () => {
    await page.keyboard.press("Control+Shift+E");
    await hostScript.openNotebook(page, "names.ipynb");
    await hostScript.runAll(page);
    await page.locator(".activitybar a[aria-label='Spinebook']").click();
    await page.locator(".sidebar .monaco-list-row:has-text('grid')").waitFor();
    const text = await page.locator(".sidebar .monaco-list-row:has-text('grid')").innerText();
    assert.match(text, /Array/);
    assert.match(text, /2.{1,3}3/);
    await page.screenshot({ path: join(ARTEFACTS, "variables.png") });
  });
});
