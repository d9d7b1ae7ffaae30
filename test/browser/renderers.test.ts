import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import type { Browser, Locator, Page } from "playwright-core";
import { confusionFigure, encodeSlices, figureBundle, tableBundle } from "../../src/figures/index.js";
import { placeOf } from "../../src/figures/pictures/place.js";
import { GRADES_MIME, PLOTLY_MIME, SLICES_MIME, TABLE_MIME } from "../../src/protocol/index.js";
import { syntheticGrades, syntheticHeat, syntheticOutlines, syntheticVolume } from "../support/displays.js";
import { launchChromium, noChromium, picture, until } from "./support.js";

/** How many different colours a sample of a canvas' pixels has. */
function colours(canvas: SVGElement | HTMLElement): number {
  const { width, height } = canvas as HTMLCanvasElement;
  const { data } = (canvas as HTMLCanvasElement).getContext("2d")!.getImageData(0, 0, width, height);
  const seen = new Set<number>();
  for (let i = 0; i < data.length; i += 4 * 37)
    seen.add((data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!);
  return seen.size;
}

const sliceOf = (canvas: Locator): Promise<string | null> => canvas.getAttribute("data-slice");

/** A page like the HTML report: payloads in script elements, the renderers inlined, nothing from a network. */
async function report(browser: Browser, outputs: readonly (readonly [string, unknown])[]): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
  const requests: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => {
    throw error;
  });
  const script = await readFile("dist/renderers/reportPlots.js", "utf8");
  const body = outputs.map(
    ([mime, payload], i) =>
      `<div class="output" id="o${i}"><p class="still">still</p><script type="${mime}" data-spinebook-output>${JSON.stringify(payload).replaceAll("<", "\\u003c")}</script></div>`,
  );
  await page.setContent(
    `<!doctype html><meta charset="utf-8"><body>${body.join("")}<script type="module">${script.replaceAll("</script", "<\\/script")}</script>`,
  );
  await page.waitForFunction(
    (count) =>
      document.querySelectorAll("[data-spinebook-mounted]").length === count &&
      document.querySelectorAll(".still").length === 0,
    outputs.length,
  );
  assert.deepEqual(
    requests.filter((url) => /^https?:/.test(url)),
    [],
  );
  return page;
}

describe("renderers in a real browser", { skip: noChromium }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it("draws slices, scrolls them, changes the window, shows heat", async () => {
    const payload = encodeSlices({
      volume: syntheticVolume(),
      title: "T2 sagittal",
      outlines: syntheticOutlines(),
      heat: syntheticHeat("Pfirrmann"),
      found: placeOf(syntheticVolume()),
    });
    const page = await report(browser, [[SLICES_MIME, payload]]);
    const canvas = page.locator("#o0 canvas").first();
    await until("the middle slice", async () => (await sliceOf(canvas)) === "4");
    assert.ok((await canvas.evaluate(colours)) > 60);
    await canvas.focus();
    await page.keyboard.press("ArrowDown");
    await until("scrolling by key", async () => (await sliceOf(canvas)) !== "4");
    const scrolled = await sliceOf(canvas);
    await canvas.hover();
    await page.mouse.wheel(0, 400);
    await until("scrolling by wheel", async () => (await sliceOf(canvas)) !== scrolled);
    const before = await picture(canvas);
    const box = (await canvas.boundingBox())!;
    await page.mouse.move(box.x + 100, box.y + 100);
    await page.mouse.down();
    await page.mouse.move(box.x + 190, box.y + 160, { steps: 4 });
    await page.mouse.up();
    await until("a new window by dragging", async () => (await picture(canvas)) !== before);
    await canvas.focus();
    for (let key = 0; key < 9 && (await sliceOf(canvas)) !== "4"; key++) {
      await page.keyboard.press("ArrowUp");
      await setTimeout(100);
    }
    const windowed = await picture(canvas);
    const heat = page.locator("#o0 select").first();
    await heat.selectOption("-1");
    await until("heat off", async () => (await picture(canvas)) !== windowed);
    const off = await picture(canvas);
    await heat.selectOption("2");
    await until("another heat layer", async () => (await picture(canvas)) !== off);
    assert.match((await canvas.getAttribute("aria-label")) ?? "", /T2 sagittal.*Slice \d of 9/s);
    await page.close();
  });

  it("shows grades beside the picture; a click on a disc goes to its slice", async () => {
    const page = await report(browser, [[GRADES_MIME, syntheticGrades(true)]]);
    const canvas = page.locator("#o0 canvas").first();
    const rows = page.locator("#o0 table.matrix tbody tr");
    await until("five rows", async () => (await rows.count()) === 5);
    await rows.nth(4).locator("th").click();
    await until("the disc's slice", async () => (await sliceOf(canvas)) === "6");
    const text = await page
      .locator("#o0 [data-spinebook-mounted] > div")
      .first()
      .evaluate((element) => (element.shadowRoot ?? element).textContent);
    assert.match(text, /synthetic/i);
    assert.match(text, /transitional/);
    await page.close();
  });

  it("draws plots and tables; a table sorts and filters", async () => {
    const figure = await figureBundle(
      confusionFigure({
        matrix: [
          [3, 1],
          [0, 4],
        ],
        classes: ["1", "2"],
        title: "Confusion",
        subtitle: "",
      }),
    );
    const table = tableBundle([
      { level: "L1-L2", grade: 3 },
      { level: "L5-S1", grade: 1 },
      { level: "L4-L5", grade: 5 },
    ]);
    const page = await report(browser, [
      [PLOTLY_MIME, figure[PLOTLY_MIME]],
      [TABLE_MIME, table[TABLE_MIME]],
    ]);
    await page.locator("#o0 svg.main-svg").first().waitFor();
    await page.locator("#o0").getByText("Confusion").first().waitFor();
    const rows = page.locator("#o1 tbody tr");
    await page.locator("#o1 thead").getByText("grade").click();
    await until("sorting", async () => /L5-S1/.test((await rows.first().textContent()) ?? ""));
    await page.locator("#o1 input[type=search]").fill("L4");
    await until("filtering", async () => (await rows.count()) === 1);
    assert.match((await rows.first().textContent()) ?? "", /L4-L5/);
    await page.close();
  });

  it("says of a table that is here in part only how many rows it has", async () => {
    const data = Array.from({ length: 150 }, (_row, i) => ({ i }));
    const schema = { fields: [{ name: "i", type: "integer" }] };
    const page = await report(browser, [
      [TABLE_MIME, { schema, data, title: "The first 150 of 100000 rows", total: 100_000 }],
      [TABLE_MIME, { schema, data, title: "Volumes in mm" }],
    ]);
    const count = page.locator("#o0 [role=status]");
    await until("the count", async () => (await count.textContent()) === "Rows 1 to 150 of 100000");
    await page.locator("#o0").getByText("The first 150 of 100000 rows: sorting and filtering").waitFor();
    await page.locator("#o0 input[type=search]").fill("149");
    await until("filtering", async () => (await count.textContent()) === "1 of rows 1 to 150 of 100000");
    assert.equal(await page.locator("#o1 [role=status]").textContent(), "150 rows");
    await page.close();
  });

  it("writes small numbers, and gives all digits on hover, in copies and as CSV; a wide table shows that it goes on", async () => {
    const names = Array.from({ length: 30 }, (_, i) => `a long name of column ${i}`);
    const row = Object.fromEntries(names.map((name, i) => [name, i === 0 ? 1.23456789e-12 : 1 / 3]));
    const page = await report(browser, [[TABLE_MIME, tableBundle([row])[TABLE_MIME]]]);
    const cells = page.locator("#o0 tbody td");
    assert.deepEqual(
      [await cells.first().textContent(), await cells.first().getAttribute("title")],
      ["1.235e-12", "1.23456789e-12"],
    );
    const copied = await cells.first().evaluate((cell) => {
      const selection = document.getSelection()!;
      selection.selectAllChildren(cell.parentElement!);
      const data = new DataTransfer();
      cell.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true, composed: true }));
      return data.getData("text/plain").split("\t");
    });
    assert.deepEqual(copied.slice(0, 2), ["1.23456789e-12", "0.3333333333333333"]);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.locator("#o0").getByRole("button", { name: "CSV" }).click(),
    ]);
    const csv = await readFile(await download.path(), "utf8");
    assert.match(csv, /^a long name of column 0,[^\r]*\r\n1.23456789e-12,0.3333333333333333,/);
    const edges = page.locator("#o0 .edges");
    const goesOn = (side: string) => async () => (await edges.getAttribute(`data-more-${side}`)) !== null;
    await until("a mark at the right edge", goesOn("right"));
    await page.locator("#o0 .scroll").evaluate((element) => {
      element.scrollLeft = element.scrollWidth;
    });
    await until("a mark at the left edge", goesOn("left"));
    await until("none at the right edge", async () => !(await goesOn("right")()));
    await page.close();
  });

  it("is printed in the still form, and drawn again afterwards", async () => {
    const rows = [{ level: "L4-L5", grade: 4 }];
    const page = await report(browser, [[TABLE_MIME, tableBundle(rows)[TABLE_MIME]]]);
    const place = page.locator("[data-spinebook-mounted]");
    await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
    assert.deepEqual([await page.locator(".still").count(), await place.isHidden()], [1, true]);
    await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
    assert.deepEqual([await page.locator(".still").count(), await place.isHidden()], [0, false]);
    await page.close();
  });

  it("says so in the output's place where data are damaged, and keeps the still", async () => {
    const page = await browser.newPage();
    const script = await readFile("dist/renderers/report.js", "utf8");
    await page.setContent(
      `<!doctype html><body><div id="o0"><p class="still">still</p><script type="${SLICES_MIME}" data-spinebook-output>{"version":1,"voxels":"!"}</script></div><script type="module">${script.replaceAll("</script", "<\\/script")}</script>`,
    );
    await page.locator("#o0 [role=alert], #o0 .error").first().waitFor();
    assert.equal(await page.locator(".still").count(), 1);
    await page.close();
  });
});
