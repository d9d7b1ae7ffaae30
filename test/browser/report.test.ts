/** Reports with hostile outputs in a real browser: nothing runs, nothing is asked for, and all that follows is seen. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { codeCell, htmlReport, markdownCell } from "../../src/notebook/index.js";
import type { Cell, JsonObject, Notebook, Output } from "../../src/notebook/index.js";
import { PLOTLY_MIME, TABLE_MIME } from "../../src/protocol/index.js";
import { HTML_PAYLOADS } from "../support/htmlPayloads.js";
import { launchChromium, noChromium, until } from "./support.js";

const HOSTILE = `<img src=x onerror="window.__pwned=1"></script><script>window.__pwned=2</script>`;

const showing = (data: JsonObject): Output => ({ output_type: "display_data", data, metadata: {} });
const cellOf = (...outputs: Output[]): Cell => ({ ...codeCell("1"), execution_count: 1, outputs });
const notebookOf = (cells: Cell[]): Notebook => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { spinebook: { provenance: { spinebook: "9.8.7" } } },
  cells,
});

/** Whether the middle of each element can be seen when it is scrolled to, or what lies over it. */
const coveredBy = (selectors: readonly string[]): string[] =>
  selectors.flatMap((selector) => {
    const element = [...document.querySelectorAll(selector)].at(-1);
    if (!element) return [`${selector} is not there`];
    element.scrollIntoView({ block: "center", behavior: "instant" });
    const { left, top, width, height } = element.getBoundingClientRect();
    const { visibility, opacity } = getComputedStyle(element);
    if (width < 4 || height < 4 || visibility !== "visible" || opacity !== "1")
      return [`${selector} is not drawn`];
    const at = document.elementFromPoint(left + Math.min(width / 2, 20), top + height / 2);
    return at !== null && (element.contains(at) || at.contains(element)) && at !== document.body
      ? []
      : [`${selector} lies under ${at?.outerHTML.slice(0, 80)}`];
  });

describe("reports with hostile outputs in a real browser", { skip: noChromium }, () => {
  let browser: Browser;
  let folder: string;
  let renderers: string;
  before(async () => {
    browser = await launchChromium();
    folder = await mkdtemp(join(tmpdir(), "spinebook-report-"));
    renderers = await readFile("dist/renderers/reportPlots.js", "utf8");
  });
  after(async () => {
    await browser.close();
    await rm(folder, { recursive: true });
  });

  /** Opens a report, touches all of it, and checks that nothing happened and that its own parts are seen. */
  async function check(html: string, page: Page, requests: string[], name: string): Promise<void> {
    const path = join(folder, "report.html");
    await writeFile(path, html);
    requests.length = 0;
    await page.goto(pathToFileURL(path).href);
    await until("the interactive forms are drawn or refused", () =>
      page.evaluate(
        () =>
          document.querySelectorAll("script[data-spinebook-output]").length ===
          document.querySelectorAll("[data-spinebook-mounted]:not(:empty)").length,
      ),
    );
    await page.evaluate(() => {
      for (const element of document.querySelectorAll(".output *")) {
        for (const type of ["mouseover", "focus", "toggle", "animationstart"])
          element.dispatchEvent(new Event(type));
        if (element instanceof HTMLElement && !element.closest("a[href^=http]")) element.click();
      }
    });
    const state = await page.evaluate(() => ({
      pwned: (window as unknown as { __pwned?: unknown }).__pwned ?? null,
      address: location.protocol,
      programs: [...document.scripts].filter(({ type }) => type === "module").length,
      height: document.documentElement.scrollHeight,
    }));
    assert.deepEqual(
      { ...state, height: 0 },
      { pwned: null, address: "file:", programs: 2, height: 0 },
      name,
    );
    assert.deepEqual(
      await page.evaluate(coveredBy, [
        "header .notice",
        "main > section:last-child p",
        "body > footer dl dd",
      ]),
      [],
      name,
    );
    assert.deepEqual(
      requests.filter((url) => !/^(?:file|data|blob):/.test(url)),
      [],
      name,
    );
  }

  async function open(): Promise<{ page: Page; requests: string[] }> {
    const page = await browser.newPage({ viewport: { width: 1000, height: 800 } });
    const requests: string[] = [];
    page.on("request", (request) => requests.push(request.url()));
    page.on("dialog", (dialog) => {
      requests.push(`dialog:${dialog.message()}`);
      void dialog.dismiss();
    });
    return { page, requests };
  }

  it("keeps each kind of hostile HTML inside of its output", async () => {
    const { page, requests } = await open();
    for (const payload of HTML_PAYLOADS) {
      const cells = [
        markdownCell("# Report\n\nbegin"),
        cellOf(showing({ "text/html": payload })),
        markdownCell("the end"),
      ];
      const html = htmlReport(notebookOf(cells), { title: "t", renderers: "export {};" });
      await check(html, page, requests, payload.slice(0, 200));
    }
    await page.close();
  });

  it("holds too where a reader does not heed the content security policy", async () => {
    const { page, requests } = await open();
    const cells = [
      ...HTML_PAYLOADS.filter((payload) => payload.length < 3000).map((payload) =>
        cellOf(showing({ "text/html": payload })),
      ),
      markdownCell("the end"),
    ];
    const html = htmlReport(notebookOf(cells), { title: "t", renderers: "export {};" });
    await check(
      html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ""),
      page,
      requests,
      "all at once",
    );
    await page.close();
  });

  it("keeps hostile outputs of all other kinds inside of theirs", async () => {
    const { page, requests } = await open();
    const cells = [
      markdownCell(
        `# T ${HOSTILE}\n\n[c](javascript:window.__pwned=3) ![p](https://evil.example/a.png) ![a](attachment:"onerror=alert(1))`,
      ),
      cellOf(
        showing({
          "image/svg+xml": `<svg xmlns="http://www.w3.org/2000/svg" onload="window.__pwned=4"><script>window.__pwned=5</script><image href="https://evil.example/s"/></svg>`,
        }),
        showing({ "image/png": 'x" onerror="window.__pwned=6', "text/plain": HOSTILE }),
        showing({ "application/javascript": "window.__pwned=7" }),
        showing({ "text/markdown": `${HOSTILE}[l](javascript:window.__pwned=8)` }),
        {
          output_type: "stream",
          name: "stdout",
          text: `${HOSTILE}\u001b]8;;javascript:window.__pwned=9\u0007link\u001b]8;;\u0007`,
        },
        { output_type: "error", ename: HOSTILE, evalue: HOSTILE, traceback: [HOSTILE] },
      ),
      cellOf(
        showing({
          [PLOTLY_MIME]: {
            data: [{ type: "scatter", x: [1], y: [2], mode: "text+markers", text: [HOSTILE], name: HOSTILE }],
            layout: {
              title: {
                text: `${HOSTILE}<a href="javascript:window.__pwned=10" style="cursor:url(https://evil.example/c)">k</a>`,
              },
              images: [
                {
                  source: "https://evil.example/pl.png",
                  xref: "paper",
                  yref: "paper",
                  x: 0,
                  y: 1,
                  sizex: 1,
                  sizey: 1,
                },
              ],
            },
          },
        }),
        showing({
          [PLOTLY_MIME]: { data: [{ type: "scattermap", lat: [1], lon: [2] }], layout: { map: {} } },
          "text/plain": "g",
        }),
        showing({
          [TABLE_MIME]: { schema: { fields: [{ name: HOSTILE }] }, data: [{ [HOSTILE]: HOSTILE }] },
        }),
        showing({ 'application/vnd.spinebook.x"onload=window.__pwned=11+json': {}, "text/plain": "x" }),
        showing({ "application/vnd.spinebook.viewer+json": { a: HOSTILE }, "text/plain": "x" }),
      ),
      markdownCell("the end"),
    ];
    await check(htmlReport(notebookOf(cells), { title: "t", renderers }), page, requests, "all kinds");
    assert.deepEqual(await page.locator(".output .left-out").allTextContents(), [
      "This output is not shown here (application/javascript).",
      "Left out of this plot: a style with an address; a picture from the network.",
      "Left out of this plot: a scattermap trace, whose map comes from the network.",
    ]);
    await page.close();
  });
});
