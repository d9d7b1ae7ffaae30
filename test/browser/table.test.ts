import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { TABLE_MIME, type TableQuestion } from "../../src/protocol/index.js";
import { launchChromium, noChromium, until } from "./support.js";

const TOTAL = 60_000;
const WITH_1234 = Array.from({ length: TOTAL }, (_, n) => String(n)).filter((n) => n.includes("1234")).length;
const row = (n: number) => ({ n, level: n % 2 === 0 ? "L4-L5" : "L5-S1" });
const payload = {
  schema: {
    fields: [
      { name: "n", type: "integer" },
      { name: "level", type: "string" },
    ],
  },
  data: Array.from({ length: 250 }, (_, n) => row(n)),
  title: `The first 250 of ${TOTAL} rows`,
  live: { session: "secret", total: TOTAL },
};

/** What a kernel would answer. */
function answer({ number, offset, limit, descending, filter = "" }: TableQuestion) {
  if (filter === "broken") return { number, failed: "The cohort was closed." };
  const all = Array.from({ length: TOTAL }, (_, n) => n).filter((n) => String(n).includes(filter));
  if (descending) all.reverse();
  return { number, rows: all.slice(offset, offset + limit).map(row), total: all.length };
}

/** Draws the payload as VS Code does: with the renderer's `activate`, and a channel to a kernel that is played here. */
async function draw(browser: Browser, isReachable: boolean, shown: object = payload): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 800, height: 700 } });
  page.on("pageerror", (error) => {
    throw error;
  });
  await page.exposeFunction("askKernel", answer);
  // VS Code's pages are secure contexts, which have it; this blank one is none.
  await page.addInitScript("crypto.randomUUID ??= () => String(Math.random())");
  await page.goto("about:blank");
  await page.setContent(`<!doctype html><meta charset="utf-8"><body><div id="output"></div>`);
  const script = await readFile("dist/renderers/spine.js", "utf8");
  await page.evaluate(
    async ({ code, mime, data, withChannel }) => {
      const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
      const { activate } = (await import(address)) as {
        activate: (context: object) => { renderOutputItem(item: object, element: Element): Promise<void> };
      };
      const listeners: ((message: unknown) => void)[] = [];
      type Sent = { message: { action: string; commId: string; data: unknown } };
      const ask = (globalThis as unknown as { askKernel: (question: unknown) => Promise<unknown> }).askKernel;
      let channel = "";
      (globalThis as unknown as { endKernel: () => void }).endKernel = () => {
        for (const listener of listeners)
          listener({ type: "comm_message", message: { action: "close", commId: channel, data: {} } });
      };
      const context = {
        postMessage: ({ message }: Sent) => {
          channel = message.commId;
          if (message.action === "message")
            void ask(message.data).then((reply) => {
              for (const listener of listeners)
                listener({
                  type: "comm_message",
                  message: { action: "message", commId: message.commId, data: reply },
                });
            });
        },
        onDidReceiveMessage: (listener: (message: unknown) => void) => {
          listeners.push(listener);
        },
      };
      const renderer = activate(withChannel ? context : {});
      await renderer.renderOutputItem(
        { id: "o", mime, json: () => data },
        document.querySelector("#output")!,
      );
    },
    { code: script, mime: TABLE_MIME, data: shown, withChannel: isReachable },
  );
  return page;
}

describe("a table that is longer than its output", { skip: noChromium }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it("pages, sorts and filters through the kernel", async () => {
    const page = await draw(browser, true);
    const count = page.locator("[role=status]");
    const first = page.locator("tbody tr").first();
    await until("the first page", async () => (await count.textContent()) === `${TOTAL} rows`);
    assert.equal(await page.locator("tbody tr").count(), 100);
    await page.getByLabel("Next page").click();
    await until("the second page", async () => (await first.textContent()) === "100L4-L5");
    await page.locator("th button").first().click();
    await page.locator("th button").first().click();
    await until(
      "the last row",
      async () => (await first.textContent())?.startsWith(`${TOTAL - 1}L5`) === true,
    );
    await page.getByLabel("Filter rows").fill("59999");
    await until("one row", async () => (await count.textContent()) === `1 of ${TOTAL} rows`);
    assert.equal(await page.locator("tbody tr").count(), 1);
    // What is sorted while the kernel is not yet asked stays sorted.
    await page.getByLabel("Filter rows").fill("1234");
    await page.locator("th button").nth(1).click();
    await until("both", async () => (await count.textContent()) === `${WITH_1234} of ${TOTAL} rows`);
    assert.equal(await page.locator("th").nth(1).getAttribute("aria-sort"), "ascending");
    await page.getByLabel("Filter rows").fill("broken");
    await until("the reason", async () => (await count.textContent()) === "The cohort was closed.");
    await page.close();
  });

  it("gives each row of a long table one line, whose whole text stands in the tooltip; a short one's sentences wrap", async () => {
    const sentence = "a flag that says a little more than what fits into the width of a column here "
      .repeat(2)
      .trim();
    const heights = async (rows: number): Promise<{ heights: number[]; title: string | null }> => {
      const page = await draw(browser, false, {
        schema: { fields: [{ name: "n", type: "integer" }, { name: "flags", type: "string" }] }, // prettier-ignore
        data: Array.from({ length: rows }, (_, n) => ({ n, flags: n % 3 === 1 ? sentence : "" })),
      });
      await page.setViewportSize({ width: 500, height: 700 });
      const found = await page
        .locator("tbody tr")
        .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().height)));
      const title = await page.locator("tbody tr").nth(1).locator("td").nth(1).getAttribute("title");
      await page.close();
      return { heights: [...new Set(found)], title };
    };
    const long = await heights(60);
    assert.equal(long.heights.length, 1, String(long.heights));
    assert.equal(long.title, sentence);
    assert.ok((await heights(5)).heights.length > 1);
  });

  it("a pager's button that is switched off gives the focus to the other one", async () => {
    const page = await draw(browser, false);
    for (const place of ["2 / 3", "3 / 3"]) {
      await page.getByLabel("Next page").press("Enter");
      assert.equal(await page.locator(".count").textContent(), place);
    }
    assert.equal(await page.getByLabel("Next page").isDisabled(), true);
    await page.keyboard.press("Enter");
    assert.equal(await page.locator(".count").textContent(), "2 / 3");
    await page.close();
  });

  it("says that the kernel has gone, and shows what the output holds", async () => {
    const page = await draw(browser, true);
    const count = page.locator("[role=status]");
    await until("the first page", async () => (await count.textContent()) === `${TOTAL} rows`);
    await page.evaluate(() => {
      (globalThis as unknown as { endKernel: () => void }).endKernel();
    });
    await page.getByLabel("Next page").click();
    await until("the word", async () => /^250 rows\. The kernel has gone/.test((await count.textContent())!));
    await page.getByLabel("Filter rows").fill("249");
    await until("one", async () => (await count.textContent())!.startsWith("1 of 250 rows. The kernel"));
    await page.close();
  });

  it("shows its beginning, and says so, where no kernel can be asked", async () => {
    const page = await draw(browser, false);
    assert.equal(await page.locator("[role=status]").textContent(), "250 rows");
    assert.match((await page.locator("p.muted").textContent())!, /The first 250 of 60000 rows; run the cell/);
    await page.close();
  });
});
