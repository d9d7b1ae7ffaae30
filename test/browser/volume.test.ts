import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import type { DetectedSpine, ToViewer } from "../../src/protocol/index.js";
import { niftiFile, RAS_SAGITTAL } from "../renderers/volumeFile.js";
import { launchChromium, noChromium, until } from "./support.js";

const size = [120, 100, 9] as const;

/** A ramp from front to back with a bright ball in the middle. */
function volumeFile(): Uint8Array {
  const values: number[] = [];
  for (let slice = 0; slice < size[2]; slice++)
    for (let row = 0; row < size[1]; row++)
      for (let column = 0; column < size[0]; column++) {
        const inside = Math.hypot(column - 60, row - 50, (slice - 4) * 6) < 15;
        values.push(inside ? 900 : column * 4 + slice);
      }
  return niftiFile({ size, type: "int16", values, sform: RAS_SAGITTAL });
}

/** Position (LPS mm) of a voxel of that file. */
const place = (column: number, row: number, slice: number): [number, number, number] => [
  4 * slice - 2,
  0.5 * column + 3,
  4 - 0.6 * row,
];

const spine: DetectedSpine = {
  series: "T2",
  place: { series: "one", size, affine: [0, 0, 4, -2, 0.5, 0, 0, 3, 0, -0.6, 0, 4] },
  vertebrae: [
    {
      level: "L4",
      centre: place(60, 50, 4),
      corners: {
        anteriorSuperior: { patient: place(45, 40, 4) },
        posteriorSuperior: { patient: place(75, 40, 4) },
        posteriorInferior: { patient: place(75, 60, 4) },
        anteriorInferior: { patient: place(45, 60, 4) },
      },
    },
  ],
  discs: [{ level: "L4-L5", centre: place(60, 70, 4), angle: 10, width: 15, height: 4 }],
  flags: [{ message: "The numbering may be off by one." }],
};

/** The webview's page under the policy that the extension gives it, with VS Code's side played by the test. */
async function viewerPage(browser: Browser): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, deviceScaleFactor: 2 });
  page.on("pageerror", (error) => {
    throw error;
  });
  const script = await readFile("dist/renderers/volume.js", "utf8");
  const nonce = "test";
  await page.setContent(
    `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'">
     <body><script nonce="${nonce}">globalThis.sent = []; globalThis.acquireVsCodeApi = () => ({ postMessage: (message) => sent.push(message.type) });</script>
     <script type="module" nonce="${nonce}">${script.replaceAll("</script", "<\\/script")}</script>`,
  );
  await until("the page says that it listens", async () => (await sent(page)).includes("ready"));
  return page;
}

const sent = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { sent: string[] }).sent);

/** Sends a message as the extension does; the bytes travel to the browser as text. */
async function send(page: Page, message: ToViewer): Promise<void> {
  const text = message.type === "volume" ? Buffer.from(message.bytes).toString("base64") : undefined;
  await page.evaluate(
    ({ rest, base64 }) => {
      const bytes =
        base64 === undefined
          ? undefined
          : Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      window.postMessage({ ...rest, ...(bytes ? { bytes } : {}) }, "*");
    },
    { rest: { ...message, bytes: undefined }, base64: text },
  );
}

const canvasOf = (page: Page, plane: string): Locator => page.locator(`canvas[data-plane=${plane}]`);
const sliceOf = (page: Page, plane: string): Promise<string | null> =>
  canvasOf(page, plane).getAttribute("data-slice");
const cursorOf = async (page: Page): Promise<number[]> =>
  ((await page.locator(".volume").getAttribute("data-cursor")) ?? "").split(" ").map(Number);
const pictureOf = (page: Page, plane: string): Promise<string> =>
  canvasOf(page, plane).evaluate((element) => (element as HTMLCanvasElement).toDataURL());

/** Opens the volume and waits for its three views. */
async function opened(browser: Browser): Promise<Page> {
  const page = await viewerPage(browser);
  await send(page, {
    type: "volume",
    series: "one",
    bytes: volumeFile(),
    title: "T2 sagittal",
    problems: [],
  });
  await until("three views", async () => (await page.locator("canvas[data-slice]").count()) === 3);
  return page;
}

/** Grey at a place of a view, given in fractions of its canvas. */
const greyAt = (page: Page, plane: string, x: number, y: number): Promise<number> =>
  canvasOf(page, plane).evaluate(
    (element, [u, v]) => {
      const canvas = element as HTMLCanvasElement;
      const context = canvas.getContext("2d")!;
      return context.getImageData(Math.floor(canvas.width * u!), Math.floor(canvas.height * v!), 1, 1)
        .data[0]!;
    },
    [x, y],
  );

describe("volume viewer in a real browser", { skip: noChromium }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it("moves the crosshair by click, drag, wheel and keys; the other views follow", async () => {
    const page = await opened(browser);
    assert.deepEqual(await cursorOf(page), [60, 50, 4]);
    const box = (await canvasOf(page, "sagittal").boundingBox())!;
    await page.mouse.click(box.x + box.width * 0.25, box.y + box.height / 2);
    await until("a click to the front", async () => (await cursorOf(page))[0]! < 40);
    const [column, row, slice] = await cursorOf(page);
    assert.deepEqual([row, slice], [50, 4]);
    await until("the coronal slice", async () => (await sliceOf(page, "coronal")) === String(column));
    const coronal = (await canvasOf(page, "coronal").boundingBox())!;
    const [x, y] = [coronal.x + coronal.width / 2, coronal.y + coronal.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 30, y - 40, { steps: 4 });
    await page.mouse.up();
    // To the right of a coronal view lies the patient's left, where this file's slices run to.
    await until("a drag to the left and up", async () => {
      const [, draggedRow, draggedSlice] = await cursorOf(page);
      return draggedRow! < 50 && draggedSlice! > 4;
    });
    const dragged = await cursorOf(page);
    await until("the sagittal slice", async () => (await sliceOf(page, "sagittal")) === String(dragged[2]));
    await canvasOf(page, "axial").hover();
    await page.mouse.wheel(0, 120);
    await until("the wheel", async () => (await cursorOf(page))[1] === dragged[1]! + 1);
    await canvasOf(page, "sagittal").focus();
    await page.keyboard.press("ArrowRight");
    await until("an arrow key", async () => (await cursorOf(page))[0] === dragged[0]! + 1);
    await page.keyboard.press("Home");
    await until("the first slice", async () => (await cursorOf(page))[2] === 0);
    const [c, r, s] = await cursorOf(page);
    const text = place(c!, r!, s!).map((mm) => mm.toFixed(1));
    assert.equal(
      await page.locator("header .place").first().textContent(),
      `LPS ${text.join(", ")} mm, intensity ${c! * 4}`,
    );
    await page.close();
  });

  it("changes the window by the right button, zooms, and resets both", async () => {
    const page = await opened(browser);
    const first = await pictureOf(page, "sagittal");
    const window = page.locator("header .place").nth(1);
    const firstWindow = await window.textContent();
    const grey = await greyAt(page, "sagittal", 0.7, 0.3);
    const box = (await canvasOf(page, "sagittal").boundingBox())!;
    await page.mouse.move(box.x + 200, box.y + 200);
    await page.mouse.down({ button: "right" });
    await page.mouse.move(box.x + 200, box.y + 320, { steps: 4 });
    await page.mouse.up({ button: "right" });
    await until("a brighter picture", async () => (await greyAt(page, "sagittal", 0.7, 0.3)) > grey + 30);
    assert.notEqual(await window.textContent(), firstWindow);
    assert.deepEqual(await cursorOf(page), [60, 50, 4], "the right button leaves the crosshair alone");
    await canvasOf(page, "sagittal").focus();
    await page.keyboard.press("+");
    await page.keyboard.press("r");
    await until("a reset", async () => (await pictureOf(page, "sagittal")) === first);
    assert.equal(await window.textContent(), firstWindow);
    await page.close();
  });

  it("names directions and slices for those who do not see them", async () => {
    const page = await opened(browser);
    const labels = await Promise.all(
      ["sagittal", "coronal", "axial"].map((plane) => canvasOf(page, plane).getAttribute("aria-label")),
    );
    assert.match(labels[0]!, /^Sagittal 5 \/ 9\. Left is A, right is P, top is H, bottom is F\./);
    assert.match(labels[1]!, /^Coronal 61 \/ 120\. Left is R, right is L, top is H, bottom is F\./);
    assert.match(labels[2]!, /^Axial 51 \/ 100\. Left is R, right is L, top is A, bottom is P\./);
    await until("a spoken position", async () =>
      /^LPS .* intensity 900$/.test((await page.locator("[role=status]").textContent()) ?? ""),
    );
    await page.close();
  });

  it("finds levels on request, draws them and goes to the chosen one", async () => {
    const page = await opened(browser);
    const button = page.locator("button", { hasText: "Find vertebrae and discs" });
    await button.click();
    await until("the request", async () => (await sent(page)).includes("detect"));
    await send(page, { type: "spineFailed", message: "No spine was found." });
    await page.locator("[role=alert]", { hasText: "No spine was found." }).waitFor();
    await button.click();
    await send(page, { type: "spine", spine: { ...spine, place: { ...spine.place, series: "another" } } });
    await page.locator("[role=alert]", { hasText: "belongs to another series and is not drawn" }).waitFor();
    assert.equal(await page.locator("nav.levels button").count(), 0);
    const plain = await pictureOf(page, "sagittal");
    await button.click();
    await send(page, { type: "spine", spine });
    const levels = page.locator("nav.levels button");
    await until("two levels", async () => (await levels.count()) === 2);
    assert.deepEqual(await levels.allTextContents(), ["L4", "L4-L5"]);
    await page.locator("[role=alert]", { hasText: "off by one" }).waitFor();
    await until("outlines", async () => (await pictureOf(page, "sagittal")) !== plain);
    await levels.nth(1).click();
    await until("the disc", async () => (await cursorOf(page)).join(" ") === "60 70 4");
    assert.equal(await levels.nth(1).getAttribute("aria-current"), "location");
    await page.close();
  });

  it("is one column where there is little room, and as sharp as the screen", async () => {
    const page = await opened(browser);
    const boxes = async (): Promise<{ x: number; y: number; width: number; height: number }[]> =>
      Promise.all(
        ["sagittal", "coronal", "axial"].map(async (plane) => (await canvasOf(page, plane).boundingBox())!),
      );
    const wide = await boxes();
    assert.ok(wide[1]!.x >= wide[0]!.x + wide[0]!.width && wide[0]!.height > 1.5 * wide[1]!.height);
    await page.setViewportSize({ width: 480, height: 800 });
    await until("one column", async () => {
      const narrow = await boxes();
      return narrow.every(({ x }) => x === narrow[0]!.x) && narrow[1]!.y >= narrow[0]!.y + narrow[0]!.height;
    });
    await until("a canvas of the new size", () =>
      canvasOf(page, "sagittal").evaluate(
        (element) =>
          devicePixelRatio === 2 && (element as HTMLCanvasElement).width === element.clientWidth * 2,
      ),
    );
    await page.close();
  });

  it("says in its place what is wrong with a damaged file, and shows the next good one", async () => {
    const page = await viewerPage(browser);
    const bytes = volumeFile().subarray(0, 5000);
    await send(page, { type: "volume", series: "one", bytes, title: "T2", problems: [] });
    await page.locator("[role=alert]", { hasText: /cannot be shown\. It ends after 5000 of/ }).waitFor();
    assert.equal(await page.locator("canvas").count(), 0);
    await send(page, { type: "failed", message: "These images cannot be read." });
    await page.locator("[role=alert]", { hasText: "cannot be read" }).waitFor();
    await send(page, {
      type: "volume",
      bytes: volumeFile(),
      title: "T2",
      problems: ["A slice is missing."],
    });
    await until("three views", async () => (await page.locator("canvas[data-slice]").count()) === 3);
    assert.match((await page.locator("footer").textContent()) ?? "", /A slice is missing/);
    await page.close();
  });
});
