/** Tables that are wider than the report: on screen they scroll and show it, on paper no column is lost. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { gradesBundle, tableBundle } from "../../src/figures/index.js";
import { codeCell, htmlReport, markdownCell } from "../../src/notebook/index.js";
import type { Cell, Notebook } from "../../src/notebook/index.js";
import type { MimeBundle } from "../../src/protocol/index.js";
import { syntheticGrades, wideGrades } from "../support/displays.js";
import { launchChromium, noChromium, until } from "./support.js";

/** Pixels of an A4 page between its margins of 15 mm, at 96 a inch. */
const PAPER = 680;
/** Columns: as Table 3 of the Jamaludin notebook has, and far more than any paper holds at its size. */
const COLUMNS = [13, 24, 40];

const cellOf = (bundle: MimeBundle): Cell => ({
  ...codeCell("1"),
  execution_count: 1,
  outputs: [{ output_type: "display_data", data: bundle, metadata: {} }],
});
const rowsOf = (columns: number) =>
  Array.from({ length: 4 }, (_, row) =>
    Object.fromEntries(
      Array.from({ length: columns }, (_, column) => [
        `measure number ${column}`,
        column === 0 ? "central canal stenosis" : (row + 1) / (column + 3),
      ]),
    ),
  );
const marked = (columns: number): string => {
  const line = (word: string): string =>
    `|${Array.from({ length: columns }, (_, i) => (word === "-" ? "---" : `${word} ${i}`)).join("|")}|`;
  return [line("column"), line("-"), line("value")].join("\n");
};
const notebook: Notebook = {
  ...{ nbformat: 4, nbformat_minor: 5, metadata: {} },
  cells: [
    markdownCell("# Wide"),
    ...COLUMNS.map((columns) => cellOf(tableBundle(rowsOf(columns)))),
    cellOf(gradesBundle(wideGrades())),
    cellOf(gradesBundle({ ...syntheticGrades(true), ...wideGrades() })),
    markdownCell(marked(24)),
  ],
};

/** Cells of tables that lie beyond the page or are cut by what they stand in. */
const lost = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const right = document.documentElement.clientWidth;
    return [...document.querySelectorAll("main th, main td")].flatMap((cell) => {
      const box = cell.getBoundingClientRect();
      if (box.width === 0) return [];
      let edge = right;
      for (let around = cell.parentElement; around !== null; around = around.parentElement)
        if (getComputedStyle(around).overflowX !== "visible" && around !== document.documentElement)
          edge = Math.min(edge, around.getBoundingClientRect().right);
      const inside = document.createRange();
      inside.selectNodeContents(cell);
      return box.right > edge + 1 || inside.getBoundingClientRect().right > box.right + 1
        ? [`${cell.textContent} ends at ${box.right} of ${edge}`]
        : [];
    });
  });

describe("wide tables in a report", { skip: noChromium }, () => {
  let browser: Browser;
  let folder: string;
  let renderers: string;
  before(async () => {
    browser = await launchChromium();
    folder = await mkdtemp(join(tmpdir(), "spinebook-wide-"));
    renderers = await readFile("dist/renderers/report.js", "utf8");
  });
  after(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  async function open(width: number, code: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    const path = join(folder, "report.html");
    await writeFile(path, htmlReport(notebook, { title: "t", renderers: code }));
    await page.goto(pathToFileURL(path).href);
    return page;
  }

  for (const [form, script] of [
    ["still", false],
    ["interactive", true],
  ] as const)
    it(`lose no column on paper, in their ${form} form`, async () => {
      const page = await open(PAPER, script ? renderers : "export {};");
      if (script)
        await until("tables are drawn", async () => (await page.locator(".edges").count()) >= COLUMNS.length);
      await page.emulateMedia({ media: "print" });
      await page.evaluate(() => window.dispatchEvent(new Event("beforeprint")));
      assert.deepEqual(await lost(page), []);
      if (process.env.SHOTS) {
        await page.screenshot({ path: `${process.env.SHOTS}/print-${form}.png`, fullPage: true });
        await page.pdf({ path: `${process.env.SHOTS}/print-${form}.pdf`, format: "A4" });
      }
      await page.close();
    });

  for (const width of [420, 1000, 1400])
    it(`show at ${width} px that they go on`, async () => {
      const page = await open(width, "export {};");
      const places = await page.locator(".html, .markdown:has(table)").evaluateAll((all) =>
        all.map((place) => ({
          isCut: place.scrollWidth > place.clientWidth,
          scrolls: getComputedStyle(place).overflowX === "auto",
          shadows: getComputedStyle(place).backgroundImage.split("gradient(").length - 1,
        })),
      );
      assert.ok(places.some(({ isCut }) => isCut));
      for (const place of places) assert.ok(place.scrolls && place.shadows === 4, JSON.stringify(place));
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(beyond <= 0, `the page itself is ${beyond} px too wide`);
      if (process.env.SHOTS)
        await page.screenshot({ path: `${process.env.SHOTS}/still-${width}.png`, fullPage: true });
      await page.close();
      const live = await open(width, renderers);
      await until("the grades are drawn", async () => (await live.locator(".grades").count()) === 2);
      // From 1000 px on all eleven features are in view, beside the picture or below it.
      const hidden = await live
        .locator(".grades .scroll")
        .evaluateAll((all) => all.filter((scroll) => scroll.scrollWidth > scroll.clientWidth + 1).length);
      assert.equal(hidden, width < 1000 ? 2 : 0);
      if (process.env.SHOTS)
        await live.screenshot({ path: `${process.env.SHOTS}/live-${width}.png`, fullPage: true });
      await live.close();
    });
});
