// `npm run make:pictures`: runs the demo notebook in a real VS Code workbench and takes the pictures of docs/ and of the walkthrough that
// show the example patients. Linux, needs Chromium; look at what it made before it is committed.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap, root } from "./bootstrap.mjs";
import {
  openNotebook,
  openWorkbench,
  runAll,
  savedCells,
  setTheme,
  startHost,
  themes,
} from "./vscode-host-test.mjs";

process.chdir(root);
bootstrap();
const WINDOW = { width: 1100, height: 5200 };
const folder = mkdtempSync(join(tmpdir(), "spinebook-pictures-"));
const notebook = join(folder, "demo.ipynb");
copyFileSync(join("notebooks", "demo.ipynb"), notebook);
mkdirSync(join("build", "host"), { recursive: true });
const host = await startHost({ extension: root, log: join("build", "host", "pictures.log") });
const { browser, page } = await openWorkbench(host, folder);
try {
  await openNotebook(page, "demo.ipynb");
  await page.keyboard.press("Control+B"); // without the side bar
  await runAll(page);
  await savedCells(page, notebook);
  await page.setViewportSize(WINDOW);
  // Opened anew, as a reader has it: every output is drawn.
  await setTheme(page, host, themes.light);
  const frame = await outputsFrame();
  const [, , graded, evidence] = await displaysIn(frame);
  await shot("walkthrough/demo.png", { x: 48, y: 36, width: 800, height: 520 });
  await shot("docs/pictures/grades.png", { ...graded, width: Math.min(graded.width, 960) });
  await shot("docs/pictures/hotspots.png", { ...evidence, width: Math.min(evidence.width, 640) });
  await shot("walkthrough/hotspots.png", { ...evidence, width: 500, height: 440 });
  const top = graded.y - 150;
  await shot("docs/pictures/vscode.png", { x: graded.x - 50, y: top, width: 1000, height: 1440 });
  // The still that a notebook carries for places without scripts.
  const { cells } = JSON.parse(readFileSync(notebook, "utf8"));
  const still = cells.find(({ id }) => id === "spine").outputs[0].data["image/png"];
  writeFileSync(join("docs", "pictures", "detect.png"), Buffer.from([still].flat().join(""), "base64"));
} finally {
  await browser.close();
  host.stop();
  rmSync(folder, { recursive: true, force: true });
}

function shot(path, clip) {
  return page.screenshot({ path, clip });
}

/** The frame that holds the notebook's outputs. */
async function outputsFrame() {
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
