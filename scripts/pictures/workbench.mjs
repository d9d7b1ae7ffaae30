// Pictures of VS Code: the demo notebook on the example patient, and the viewer beside the studies.
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  openNotebook,
  openWorkbench,
  runAll,
  savedCells,
  setTheme,
  startHost,
  themes,
} from "../vscode-host-test.mjs";

const NOTEBOOK_WINDOW = { width: 1100, height: 5200 };
const VIEWER_WINDOW = { width: 1100, height: 760 };

/** @param folder an empty one, for the workspace. @returns the paths of the pictures that it has made */
export async function workbenchPictures(folder) {
  copyFileSync(join("notebooks", "demo.ipynb"), join(folder, "demo.ipynb"));
  cpSync(join("examples", "study"), join(folder, "patient"), { recursive: true });
  mkdirSync(join("build", "host"), { recursive: true });
  const host = await startHost({ extension: ".", log: join("build", "host", "pictures.log") });
  const { browser, page } = await openWorkbench(host, folder);
  try {
    return [...(await notebookPictures(page, host, join(folder, "demo.ipynb"))), await viewerPicture(page)];
  } finally {
    await browser.close();
    host.stop();
  }
}

async function notebookPictures(page, host, notebook) {
  await openNotebook(page, "demo.ipynb");
  await page.keyboard.press("Control+B"); // without the side bar
  await runAll(page);
  await savedCells(page, notebook);
  await page.setViewportSize(NOTEBOOK_WINDOW);
  // Opened anew, as a reader has it: every output is drawn.
  await setTheme(page, host, themes.light);
  const frame = await outputsFrame(page);
  const [, , graded, evidence] = await displaysIn(frame);
  const top = graded.y - 150;
  const clips = {
    "walkthrough/demo.png": { x: 48, y: 36, width: 800, height: 520 },
    "walkthrough/hotspots.png": { ...evidence, y: evidence.y + 370, width: 500, height: 400 },
    "docs/pictures/grades.png": { ...graded, width: Math.min(graded.width, 960) },
    "docs/pictures/hotspots.png": { ...evidence, width: Math.min(evidence.width, 640) },
    "docs/pictures/vscode.png": { x: graded.x - 50, y: top, width: NOTEBOOK_WINDOW.width, height: 1440 },
  };
  for (const [path, clip] of Object.entries(clips)) await page.screenshot({ path, clip });
  // The still that a notebook carries for places without scripts.
  const { cells } = JSON.parse(readFileSync(notebook, "utf8"));
  const still = cells.find(({ id }) => id === "spine").outputs[0].data["image/png"];
  const detected = join("docs", "pictures", "detect.png");
  writeFileSync(detected, Buffer.from([still].flat().join(""), "base64"));
  return [...Object.keys(clips), detected];
}

/** The patient's series, opened from the list of studies, with its vertebrae and discs. */
async function viewerPicture(page) {
  await page.setViewportSize(VIEWER_WINDOW);
  await page.keyboard.press("Control+W"); // the notebook
  await page.locator(".activitybar a[aria-label='Spinebook']").click();
  await page.locator(".sidebar .monaco-list-row:has-text('patient')").first().click();
  const series = page.locator(".sidebar .monaco-list-row:has-text('512')").first();
  await series.waitFor();
  await page.mouse.move(800, 600);
  await series.click({ button: "right" });
  await page.waitForTimeout(1000); // the menu is there before it takes clicks
  await page.locator(".monaco-menu .action-label:has-text('Open in Viewer')").click();
  const viewer = await viewerFrame(page);
  await viewer.locator("button:has-text('Find vertebrae and discs')").click();
  await viewer.locator("[data-level='L4-L5']").waitFor();
  await viewer.locator("[data-level='L4-L5']").click();
  await page.mouse.move(160, 650);
  await page.waitForTimeout(3000); // hovers and notices go
  const path = join("docs", "pictures", "viewer.png");
  await page.screenshot({ path });
  return path;
}

async function viewerFrame(page) {
  for (;;) {
    for (const frame of page.frames())
      if (
        (await frame
          .locator("[data-size]")
          .count()
          .catch(() => 0)) > 0
      )
        return frame;
    await page.waitForTimeout(500);
  }
}

/** The frame that holds the notebook's outputs. */
async function outputsFrame(page) {
  for (;;) {
    for (const frame of page.frames().filter((one) => one.url().includes("/static/out")))
      if ((await frame.locator("canvas[data-slice]").count()) >= 4) return frame;
    await page.waitForTimeout(500);
  }
}

/** Where the displays with slices lie in the window, from the top of the notebook to its end. */
async function displaysIn(frame) {
  const canvases = await frame.locator("canvas[data-slice]").all();
  const displays = await Promise.all(
    canvases.map(async (canvas) => {
      const box = await canvas.boundingBox();
      const { own, outer } = await canvas.evaluate((element) => {
        const rect = (of) => {
          const { x, y, width, height } = of.getBoundingClientRect();
          return { x, y, width, height };
        };
        return { own: rect(element), outer: rect(element.getRootNode().host ?? element.closest("[class]")) };
      });
      return { ...outer, x: outer.x + box.x - own.x, y: outer.y + box.y - own.y };
    }),
  );
  return displays.sort((a, b) => a.y - b.y);
}
