/** Rating in the real VS Code: the display below the cell speaks with the kernel by the renderer's messaging. */
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { RatingFile } from "../../src/rating/log/index.js";
import * as imaging from "../../src/imaging/index.js";
import { syntheticVolume } from "../support/displays.js";
import { hostScript, type Host } from "./scripts.js";
import { ARTEFACTS, cell, notebookText, pictured, until, workbenchSkip } from "./support.js";

const CELL = `import { loadSeries, rate } from "spinebook";
const images = await loadSeries("small.nii");
const place = { series: "s", slice: 4, column: 80, angle: 0, width: 42, height: 9, images };
const discs = [34, 74, 114, 154].map((row, i) => ({ ...place, study: "p" + i, level: "L4-L5", row }));
await rate(discs, { rater: "reader 1", log: "ratings.jsonl" })`;

describe("rating below a cell in VS Code", { skip: workbenchSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "spinebook-rating-host-"));
  const log = new RatingFile(join(folder, "ratings.jsonl"));
  let host: Host;
  let browser: Browser;
  let page: Page;
  const it = pictured(() => page);

  const tool = async (): Promise<Locator> => {
    let found: Locator | undefined;
    await until("the rating tool", async () => {
      for (const frame of page.frames()) {
        const candidate = frame.locator(".rating");
        if ((await candidate.count().catch(() => 0)) > 0) found = candidate.last();
      }
      return found !== undefined;
    });
    return found!;
  };
  const positionIs = async (position: string): Promise<void> => {
    await until(`disc ${position}`, async () => {
      const at = await (await tool()).getAttribute("data-position").catch(() => null);
      return at === position;
    });
  };
  const saved = async (): Promise<(number | undefined)[]> => (await log.all()).map(({ grade }) => grade);

  before(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    writeFileSync(join(folder, "small.nii"), imaging.writeNifti(syntheticVolume()));
    writeFileSync(join(folder, "rate.ipynb"), notebookText([CELL].map(cell)));
    host = await hostScript.startHost({ extension: resolve("."), log: join(ARTEFACTS, "rating-server.log") });
    ({ browser, page } = await hostScript.openWorkbench(host, folder));
  });
  after(async () => {
    await page.screenshot({ path: join(ARTEFACTS, "rating.png") });
    await browser.close();
    host.stop();
    if (existsSync(join(folder, "ratings.jsonl")))
      copyFileSync(join(folder, "ratings.jsonl"), join(ARTEFACTS, "ratings.jsonl"));
    rmSync(folder, { recursive: true, force: true });
  });

  it("keys grade in the output, and reach the log before the next disc is shown", async () => {
    await hostScript.openNotebook(page, "rate.ipynb");
    await hostScript.runAll(page);
    await positionIs("0");
    const canvas = (await tool()).locator("canvas[data-slice]");
    await canvas.scrollIntoViewIfNeeded();
    await canvas.hover({ position: { x: 12, y: 12 } });
    await page.mouse.down();
    await page.mouse.up();
    await page.keyboard.press("w");
    await positionIs("1");
    assert.deepEqual(await saved(), [2.3]);
    await page.keyboard.press("a");
    await positionIs("2");
    assert.deepEqual(await saved(), [2.3, 1.7]);
  });

  it("the cell run again goes on where it was", async () => {
    await hostScript.runAll(page);
    await positionIs("2");
    const canvas = (await tool()).locator("canvas[data-slice]");
    await canvas.hover({ position: { x: 12, y: 12 } });
    await page.mouse.down();
    await page.mouse.up();
    await page.keyboard.press("Backspace");
    await positionIs("1");
    await page.keyboard.press("5");
    await positionIs("2");
    assert.deepEqual(await saved(), [2.3, 1.7, undefined, 5]);
  });

  it("loaded anew, without its kernel, the display says what to do", async () => {
    await hostScript.savedCells(page, join(folder, "rate.ipynb"));
    await hostScript.setTheme(page, host, hostScript.themes.dark);
    const shown = await tool();
    await until("the sentence", async () => /run the cell again/i.test((await shown.textContent()) ?? ""));
    assert.deepEqual(await saved(), [2.3, 1.7, undefined, 5]);
  });
});
