import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { blindedOrder, RatingFile, standingRatings } from "../../src/rating/log/index.js";
import type { RatedDisc, Rating } from "../../src/rating/log/index.js";
import { DISCS, prepareRating, SECRETS, serveRating, type ServedRating } from "../support/ratingServer.js";
import { launchChromium, noChromium, picture, until } from "./support.js";

/** A key for each grade, all 13 of them and some twice. */
const KEYS = "q2wse3rdfa154q2wse3r4";
const GRADES: Readonly<Record<string, number>> = {
  ...{ 1: 1, 2: 2, 3: 3, 4: 4, 5: 5 },
  ...{ q: 1.3, w: 2.3, e: 3.3, r: 4.3, a: 1.7, s: 2.7, d: 3.7, f: 4.7 },
};
/** Pictures of the last run. */
const ARTEFACTS = join("build", "rating");

interface Traffic {
  readonly texts: string[];
}

/** Opens a session's page and keeps all that goes to and fro. */
async function open(browser: Browser, address: string, traffic: Traffic, options = {}): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1100, height: 800 }, ...options });
  page.on("pageerror", (error) => {
    throw error;
  });
  page.on("request", (sent) => traffic.texts.push(sent.url(), sent.postData() ?? ""));
  page.on("response", (got) => {
    void got.text().then(
      (text) => traffic.texts.push(text),
      // A page that goes away takes the bodies along that nobody has read.
      () => undefined,
    );
  });
  await page.goto(address);
  await shows(page);
  return page;
}

async function shows(page: Page): Promise<void> {
  await page.locator(".rating canvas[data-slice]").waitFor();
}

const place = (page: Page) => page.locator(".rating").getAttribute("data-position");

/** Presses a key and waits until the disc that it is for has gone. */
async function press(page: Page, key: string): Promise<void> {
  const from = await place(page);
  await page.keyboard.press(key);
  await until(`${key} to be saved`, async () => (await place(page)) !== from);
}

/** What the log holds of the reader, in the order of the session. */
async function gradesIn(log: string, order: readonly RatedDisc[]): Promise<(number | undefined)[]> {
  const standing = standingRatings(await new RatingFile(log).all());
  return order.map(
    (disc) => standing.find((one) => one.study === disc.study && one.level === disc.level)?.grade,
  );
}

describe("rating on the page of a kernel", { skip: noChromium }, () => {
  let browser: Browser;
  let folder: string;
  const servers: ServedRating[] = [];
  const traffic: Traffic = { texts: [] };

  const serve = async (options: object): Promise<ServedRating> => {
    const server = await serveRating(folder, options);
    servers.push(server);
    return server;
  };
  const cases = async (): Promise<RatedDisc[]> =>
    JSON.parse(await readFile(join(folder, "cases.json"), "utf8")) as RatedDisc[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-rating-"));
    await mkdir(ARTEFACTS, { recursive: true });
    await prepareRating(folder);
    browser = await launchChromium();
  });
  after(async () => {
    await browser.close();
    for (const server of servers) await server.kill();
    await rm(folder, { recursive: true, force: true });
  });

  it("20 discs by keyboard; the page is loaded anew and the kernel killed midway: nothing is lost or doubled", async () => {
    const options = { rater: "reader one", seed: 3, log: join(folder, "by-key.jsonl") };
    const first = await serve(options);
    const page = await open(browser, first.address, traffic);
    for (let i = 0; i < 7; i++) {
      assert.equal(await place(page), String(i));
      await press(page, KEYS[i]!);
    }
    await page.reload();
    await shows(page);
    assert.equal(await place(page), "7", "the page goes on where it was");
    for (let i = 7; i < 12; i++) await press(page, KEYS[i]!);

    // The kernel is killed while a grade is on its way: it is then either saved, or said not to be.
    await page.keyboard.press(KEYS[12]!);
    await first.kill();
    await page.close();
    const order = blindedOrder(await cases(), { rater: "reader one", reading: 1, seed: 3 });
    const expected = Array.from(KEYS.slice(0, DISCS), (key) => GRADES[key]);
    const afterKill = await gradesIn(options.log, order);
    assert.deepEqual(afterKill.slice(0, 12), expected.slice(0, 12));

    const second = await serve(options);
    const again = await open(browser, second.address, traffic);
    const from = Number(await place(again));
    assert.equal(from, afterKill[12] === undefined ? 12 : 13);
    for (let i = from; i < DISCS; i++) {
      assert.equal(await place(again), String(i));
      await press(again, KEYS[i]!);
    }
    await again.getByText("All discs are done").waitFor();
    assert.deepEqual(await gradesIn(options.log, order), expected);
    const file = new RatingFile(options.log);
    assert.equal((await file.all()).length, DISCS);
    assert.deepEqual(await file.damaged(), []);
    const text = (await again.locator(".rating").textContent()) ?? "";
    traffic.texts.push(text, await again.content());
    await again.close();
  });

  it("a second reading has another order, and neither page nor traffic tells which discs they are", async () => {
    const options = { rater: "reader one", reading: 2, seed: 3, log: join(folder, "by-key.jsonl") };
    const server = await serve(options);
    const page = await open(browser, server.address, traffic);
    assert.equal(await place(page), "0", "the first reading is not this one's");
    await press(page, "3");
    await page.close();
    const log = await new RatingFile(options.log).all();
    const order = blindedOrder(await cases(), { rater: "reader one", reading: 2, seed: 3 });
    assert.deepEqual([log.at(-1)!.study, log.at(-1)!.level], [order[0]!.study, order[0]!.level]);
    assert.notDeepEqual(order, blindedOrder(await cases(), { rater: "reader one", reading: 1, seed: 3 }));
    const all = traffic.texts.join("\n");
    assert.ok(all.length > 100_000, "there was traffic to look at");
    for (const secret of SECRETS) assert.ok(!all.includes(secret), `${secret} reached the page`);
    assert.doesNotMatch(all, /\b(T1[0-2]|L[1-5])-(L[1-5]|S1)\b/);
  });

  it("region, slice, window, reasons and taking back, by keys and by mouse", async () => {
    const log = join(folder, "by-hand.jsonl");
    const server = await serve({ rater: "reader two", log });
    const page = await open(browser, server.address, traffic);
    const canvas = page.locator(".rating canvas");
    const box = async (): Promise<number[]> =>
      (await canvas.getAttribute("data-box"))!.split(" ").map(Number);
    const slice = async (): Promise<number> => Number(await canvas.getAttribute("data-slice"));
    const saved = async (): Promise<Rating> => (await new RatingFile(log).all()).at(-1)!;

    const [proposed, middle] = [await box(), await slice()];
    await page.keyboard.press("ArrowDown");
    assert.equal(await slice(), middle + 1);
    const before = await picture(canvas);
    await page.keyboard.press("Shift+ArrowLeft");
    await until("another window", async () => (await picture(canvas)) !== before);
    await page.keyboard.press("b");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowDown");
    await page.keyboard.press("Enter");
    const byKeys = await box();
    assert.ok(byKeys[0]! > proposed[0]! && byKeys[3]! === proposed[3]! + 1);
    await page.keyboard.press("ArrowUp");
    assert.equal(await slice(), middle, "after Enter the arrows change the slice again");

    const stage = (await canvas.boundingBox())!;
    const [x, y] = [stage.x + stage.width / 2, stage.y + stage.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 40, y + 20, { steps: 4 });
    await page.mouse.up();
    const moved = await box();
    assert.ok(moved[0]! > byKeys[0]! && moved[1]! > byKeys[1]! && moved[2] === byKeys[2]);
    await page.screenshot({ path: join(ARTEFACTS, "region.png") });
    await press(page, "w");
    const { grade, slice: ratedSlice, isChanged, region } = await saved();
    assert.deepEqual([grade, ratedSlice, isChanged], [2.3, middle, true]);
    assert.ok(Math.abs(region!.width - moved[2]!) < 0.1 && Math.abs(region!.height - moved[3]!) < 0.1);

    // A key that is held down repeats; it grades one disc.
    await page.keyboard.down("4");
    for (let repeat = 0; repeat < 5; repeat++) await page.keyboard.down("4");
    await page.keyboard.up("4");
    await until("one disc", async () => (await place(page)) === "2");
    assert.equal((await new RatingFile(log).all()).length, 2);

    await page.keyboard.press("x");
    await press(page, "3");
    assert.match((await saved()).reason!, /implant/);
    await press(page, "Backspace");
    assert.deepEqual([await place(page), (await saved()).kind], ["2", "undo"]);
    await press(page, "Backspace");
    assert.equal(await place(page), "1");
    await page.getByRole("button", { name: "Pfirrmann grade 4.7" }).click();
    await until("the click to be saved", async () => (await place(page)) === "2");
    await press(page, "1");
    const standing = standingRatings(await new RatingFile(log).all());
    assert.deepEqual(
      standing.map((one) => one.grade),
      [2.3, 4.7, 1],
    );
    assert.equal(await page.locator("[role=progressbar]").getAttribute("aria-valuenow"), "3");
    await server.kill();
    await page.keyboard.press("2");
    await page.locator("[role=alert]").getByText("Not saved").waitFor();
    assert.equal(await place(page), "3", "what was not saved stays on screen");
    await page.close();
  });

  it("a disc whose images cannot be had is never graded in place of the one before: try again, or skip it", async () => {
    const log = join(folder, "missing.jsonl");
    const server = await serve({ rater: "reader five", log });
    const page = await open(browser, server.address, traffic);
    await page.reload();
    await shows(page);
    // From here on no picture comes; two of the next ones were fetched already.
    let isBroken = true;
    const failed = JSON.stringify({ type: "failed", message: "The images are not there." });
    await page.route("**/message", (route) =>
      isBroken && route.request().postData()!.includes('"case"')
        ? route.fulfill({ status: 200, contentType: "application/json", body: failed })
        : route.continue(),
    );
    await until("the pictures ahead are used up", async () => {
      if (await page.getByText("cannot be shown").isVisible()) return true;
      await page.keyboard.press("2");
      return false;
    });
    const position = Number(await place(page));
    const saved = async (): Promise<Rating[]> => new RatingFile(log).all();
    assert.equal((await saved()).length, position);
    for (const key of ["3", "Enter", "b", "q"]) await page.keyboard.press(key);
    assert.equal(await page.locator(".rating canvas").isVisible(), false);
    assert.equal(await page.getByRole("button", { name: "Pfirrmann grade 4.7" }).isDisabled(), true);
    await page.screenshot({ path: join(ARTEFACTS, "missing.png") });
    await press(page, "x");
    const { kind, reason, slice, region } = (await saved()).at(-1)!;
    assert.deepEqual(
      [kind, reason, slice, region],
      ["skip", "not gradable: images cannot be read", undefined, undefined],
    );
    assert.equal((await saved()).length, position + 1, "no grade came between");
    isBroken = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await shows(page);
    assert.equal(await page.getByText("cannot be shown").isVisible(), false);
    await press(page, "4");
    assert.deepEqual([(await saved()).at(-1)!.grade, (await saved()).length], [4, position + 2]);
    await page.close();
  });

  it('a page whose kernel was slow opens on "Try again", with one style sheet', async () => {
    const server = await serve({ rater: "reader six", log: join(folder, "slow.jsonl") });
    const page = await browser.newPage();
    let isSlow = true;
    await page.route("**/message", (route) => (isSlow ? route.abort() : route.continue()));
    await page.goto(server.address);
    await page.getByText("The kernel does not answer").waitFor();
    isSlow = false;
    await page.getByRole("button", { name: "Try again" }).click();
    await shows(page);
    assert.equal(await page.locator(".rating").count(), 1);
    const sheets = await page.locator(".rating").evaluate((element) => {
      return (element.getRootNode() as ShadowRoot).querySelectorAll("style").length;
    });
    assert.equal(sheets, 2);
    await page.close();
  });

  it("can be read in light, dark and high contrast", async () => {
    const server = await serve({ rater: "reader three", log: join(folder, "looks.jsonl") });
    for (const [name, look] of Object.entries({
      light: { colorScheme: "light" },
      dark: { colorScheme: "dark" },
      contrast: { colorScheme: "dark", forcedColors: "active" },
    })) {
      const page = await open(browser, server.address, traffic, look);
      await press(page, "2");
      const colours = await page.locator(".rating h3").evaluate((heading) => ({
        text: getComputedStyle(heading).color,
        ground: getComputedStyle(document.body).backgroundColor,
      }));
      assert.notEqual(colours.text, colours.ground);
      await page.screenshot({ path: join(ARTEFACTS, `${name}.png`) });
      await page.close();
    }
  });
});
