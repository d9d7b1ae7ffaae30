/** A user's way through the real VS Code: the packaged extension is installed, the demo notebook run, its outputs used. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createWriteStream, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe } from "node:test";
import type { Browser, Frame, Locator, Page } from "playwright-core";
import { copyDemo } from "../support/demoNotebook.js";
import { findJupyter } from "../support/jupyterPrograms.js";
import { hostScript, type Host } from "./scripts.js";
import { ARTEFACTS, pictured, until, workbenchSkip } from "./support.js";

const jupyter = findJupyter();

describe("in the workbench, from an installed VSIX", { skip: workbenchSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), "spinebook-workbench-"));
  let host: Host;
  let browser: Browser;
  let page: Page;
  const it = pictured(() => page);

  before(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    copyDemo(join(folder, "demo.ipynb"));
    host = await hostScript.startHost({ extension: packed(), log: join(ARTEFACTS, "server.log") });
    const log = createWriteStream(join(ARTEFACTS, "console.log"));
    ({ browser, page } = await hostScript.openWorkbench(host, folder, (line) => log.write(`${line}\n`)));
  });
  after(async () => {
    await browser.close();
    host.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("the demo notebook runs to its end", async () => {
    await hostScript.openNotebook(page, "demo.ipynb");
    await hostScript.runAll(page);
    const cells = await hostScript.savedCells(page, join(folder, "demo.ipynb"));
    assert.deepEqual(
      cells.filter(({ executionCount, error }) => executionCount === null || error !== undefined),
      [],
    );
    const types = new Set(cells.flatMap(({ outputs }) => outputs.flat()));
    for (const type of ["spinebook.slices", "spinebook.grades", "plotly.v1", "dataresource"])
      assert.ok(types.has(`application/vnd.${type}+json`), `no ${type}`);
  });

  it("slices scroll, and change their window", async () => {
    await page.setViewportSize({ width: 1400, height: 5200 });
    const canvas = (await outputs(page)).locator("canvas[data-slice]").first();
    await canvas.scrollIntoViewIfNeeded();
    const slice = await canvas.getAttribute("data-slice");
    await canvas.hover();
    await page.mouse.wheel(0, 120);
    await until("another slice", async () => (await canvas.getAttribute("data-slice")) !== slice);
    const drawn = await picture(canvas);
    const box = (await canvas.boundingBox())!;
    await page.mouse.move(box.x + 80, box.y + 80);
    await page.mouse.down();
    await page.mouse.move(box.x + 160, box.y + 130, { steps: 4 });
    await page.mouse.up();
    await until("another window", async () => (await picture(canvas)) !== drawn);
  });

  it("a click on a disc shows it, a click on a grade its evidence", async () => {
    const frame = await outputs(page);
    const grades = frame.locator("table.matrix").first();
    await grades.scrollIntoViewIfNeeded();
    // The viewer in the grades' own output: outputs stand in the page in the order in which they were made.
    const own = grades.locator("xpath=ancestor::*[.//canvas[@data-slice]][1]");
    const canvas = own.locator("canvas[data-slice]").first();
    const choose = (row: number) => grades.locator("tbody tr").nth(row).locator("button").click();
    await until("another disc", async () => {
      await choose(2);
      const drawn = await picture(canvas);
      await choose(3);
      return (await picture(canvas)) !== drawn;
    });
    const disc = await picture(canvas);
    await grades.locator("tbody tr").nth(4).locator("td").first().click();
    await until("the evidence", async () => (await picture(canvas)) !== disc);
  });

  it("without a kernel, opened again, it still shows everything, in every theme", async () => {
    for (const [name, theme] of Object.entries(hostScript.themes)) {
      await hostScript.setTheme(page, host, theme);
      const frame = await outputs(page);
      await until("all pictures", async () => (await frame.locator("canvas[data-slice]").count()) >= 4);
      await until("the plot", async () => (await frame.locator("svg.main-svg").count()) > 0);
      await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
    }
    await page.setViewportSize({ width: 760, height: 5200 });
    await page.waitForTimeout(1500);
    await page.screenshot({ path: join(ARTEFACTS, "narrow.png") });
    await page.setViewportSize({ width: 1400, height: 1000 });
  });

  it(
    "nbconvert shows its pictures too",
    () => {
      const [program, ...options] = jupyter.nbconvert ?? [];
      assert.ok(program !== undefined, String(jupyter.problem));
      const args = [...options, "--to", "html", "demo.ipynb"];
      const run = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
      assert.equal(run.status, 0, run.stderr);
      const html = readFileSync(join(folder, "demo.html"), "utf8");
      const pictures = html.split("data:image/png;base64,").length - 1;
      assert.ok(pictures >= 5, "slices, outlines, grades, hotspots and the plot");
    },
    { skip: process.env.CI === undefined && jupyter.problem },
  );
});

/** The VSIX of this platform, made of what is built. */
function packed(): string {
  const run = spawnSync(process.execPath, ["scripts/package.mjs", "--no-build"], { encoding: "utf8" });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout.trim().split("\n").at(-1)!;
}

/** The frame that holds the present notebook's outputs. */
async function outputs(page: Page): Promise<Frame> {
  let found: Frame | undefined;
  await until("the outputs", async () => {
    for (const frame of page.frames().filter((one) => one.url().includes("/static/out")))
      if (
        (await frame
          .locator("canvas, table, pre")
          .count()
          .catch(() => 0)) > 0
      )
        found = frame;
    return found !== undefined;
  });
  return found!;
}

function picture(canvas: Locator): Promise<string> {
  return canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
}
