/** Two studies of one folder, each in a viewer of its own, side by side in the real VS Code. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import type { Browser, Frame, Page } from "playwright-core";
import { spinebook } from "../support/cli.js";
import { hostScript, type Host } from "./scripts.js";
import { ARTEFACTS, pictured, until, workbenchSkip } from "./support.js";

interface Listed {
  readonly id: string;
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
}

interface Found {
  readonly discs: readonly { readonly level: string }[];
  readonly vertebrae: readonly { readonly level: string }[];
  readonly flags: readonly unknown[];
}

describe("two viewers side by side", { skip: workbenchSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "spinebook-viewers-"));
  const studies = join(folder, "both");
  let series: readonly Listed[];
  let host: Host;
  let browser: Browser;
  let page: Page;
  const it = pictured(() => page);

  before(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    mkdirSync(studies);
    const made = mkdtempSync(join(tmpdir(), "spinebook-phantoms-"));
    const run = spinebook(["phantom", made, "--seed", "5", "--studies", "2"]);
    assert.equal(run.code, 0, run.stderr);
    // In one folder: only the series tells which study is meant.
    for (const study of ["study-001", "study-002"])
      for (const file of readdirSync(join(made, study, "dicom")))
        copyFileSync(join(made, study, "dicom", file), join(studies, `${study}-${file}`));
    rmSync(made, { recursive: true });
    series = (JSON.parse(spinebook(["read", studies, "--json"]).stdout) as { series: Listed[] }).series;
    assert.equal(series.length, 2);
    host = await hostScript.startHost({ extension: ".", log: join(ARTEFACTS, "viewers.log") });
    ({ browser, page } = await hostScript.openWorkbench(host, folder));
    await page.setViewportSize({ width: 1800, height: 1000 });
  });
  after(async () => {
    await browser.close();
    host.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("each shows its own series", async () => {
    await page.locator(".activitybar a[aria-label='Spinebook']").click();
    await page.locator(".sidebar .monaco-list-row:has-text('both')").first().click();
    for (const one of series) await openSeries(page, one);
    await moveRight(page);
    for (const one of series) await viewerOf(page, one);
    await page.screenshot({ path: join(ARTEFACTS, "viewers.png") });
  });

  it("what is found in one is drawn in that one only, and is its own", async () => {
    for (const [i, one] of series.entries()) {
      const other = series[1 - i]!;
      const [viewer, untouched] = [await viewerOf(page, one), await viewerOf(page, other)];
      const [before, beside] = [await pictures(viewer), await state(untouched)];
      await viewer.locator("button:has-text('Find vertebrae and discs')").click();
      await viewer.locator("[data-level='L4-L5']").waitFor({ timeout: 120_000 });
      await until("outlines", async () => (await pictures(viewer)) !== before);
      assert.deepEqual(await state(untouched), beside, "the other viewer is as it was");
      const json = spinebook(["detect", studies, "--series", one.id, "--json"]).stdout;
      const { discs, vertebrae, flags } = JSON.parse(json) as Found;
      const expected = [...discs, ...vertebrae].map(({ level }) => level).sort();
      assert.deepEqual((await levels(viewer)).sort(), expected);
      // What is doubtful of this spine is told, and nothing else.
      assert.equal((await alerts(viewer)).join("") === "", flags.length === 0);
    }
    await page.screenshot({ path: join(ARTEFACTS, "viewers-found.png") });
  });
});

/** Opens a series from the side bar, which tells it by its size. */
async function openSeries(page: Page, { columns, rows, slices }: Listed): Promise<void> {
  const size = `${columns} × ${rows} × ${slices}`;
  const row = page.locator(".sidebar .monaco-list-row", { hasText: size });
  await row.waitFor();
  await page.mouse.move(1200, 700);
  await page.locator(".context-view .hover-contents:visible").waitFor({ state: "detached" });
  await row.click({ button: "right" });
  await page.waitForTimeout(1000); // the menu is there before it takes clicks
  await page.locator(".monaco-menu .action-label:has-text('Open in Viewer')").click();
  await until(`the viewer of ${size}`, async () => (await page.locator(".tab").count()) > 0);
  await viewerOf(page, { columns, rows, slices });
}

/** Puts the present editor beside the others. */
async function moveRight(page: Page): Promise<void> {
  await hostScript.runCommand(page, "View: Move Editor into Right Group");
  await until("two groups", async () => (await page.locator(".editor-group-container").count()) === 2);
}

/** The frame whose viewer shows a series of this size. */
async function viewerOf(page: Page, { columns, rows, slices }: Omit<Listed, "id">): Promise<Frame> {
  let found: Frame | undefined;
  const size = [columns, rows, slices].join(" ");
  await until(`a viewer of ${size}`, async () => {
    for (const frame of page.frames()) {
      const shown = await frame
        .locator("[data-size]")
        .first()
        .getAttribute("data-size", { timeout: 200 })
        .catch(() => undefined);
      if (shown === size) found = frame;
    }
    return found !== undefined;
  });
  return found!;
}

/** What a viewer's canvases show. */
function pictures(viewer: Frame): Promise<string> {
  return viewer
    .locator("canvas")
    .evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()).join());
}

async function state(viewer: Frame) {
  return { pictures: await pictures(viewer), levels: await levels(viewer), alerts: await alerts(viewer) };
}

function levels(viewer: Frame): Promise<string[]> {
  return viewer.locator("[data-level]").allTextContents();
}

function alerts(viewer: Frame): Promise<string[]> {
  return viewer.locator("[role='alert']:visible").allTextContents();
}
