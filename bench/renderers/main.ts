/**
 * Measures the slice viewer in a real browser: first paint, frames while scrolling and windowing, 40 viewers in a page,
 * sizes. Beside it, in the same run, plain PNGs of the same slices drawn by `drawImage`: what a picture without any
 * window, probe or measurement costs, the lower bound.
 *
 *     npm run build -- --tests && node build/bench/renderers/main.js [--json]
 *
 * `CHROMIUM` names the browser where it is not /usr/bin/chromium.
 */
import { readFile, readdir, stat } from "node:fs/promises";
import { parseArgs } from "node:util";
import { encode } from "fast-png";
import { chromium, type Browser, type Page } from "playwright-core";
import { unpackVoxels } from "../../src/figures/pictures/pack.js";
import { bytesToBase64, greyLevel, SLICES_MIME, type SlicesPayload } from "../../src/protocol/index.js";
import * as inPage from "./page.js";
import { subject } from "./subject.js";

const ROUNDS = 9;
const FRAMES = 240;
const VIEWERS = 40;
/** The viewer's picture is as large as this in a page 1000 wide, so the peer's is, too. */
const SIDE = 560;
const FLAGS =
  "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync";

type Row = readonly [what: string, ours: string, peer: string];

function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
}

const ms = (value: number): string => `${value.toFixed(1)} ms`;
const kB = (bytes: number): string => `${Math.round(bytes / 1000)} kB`;

async function openPage(browser: Browser, script: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1000, height: 900 } });
  await page.setContent("<!doctype html><meta charset=utf-8><body></body>");
  await page.evaluate(inPage.load, script);
  return page;
}

/** Every slice as a PNG under the payload's window, as the address of an image. */
function stills(payload: SlicesPayload): readonly string[] {
  const { columns, rows, slices, window } = payload;
  const voxels = unpackVoxels(payload);
  return Array.from({ length: slices }, (_, slice) => {
    const values = voxels.subarray(slice * rows * columns, (slice + 1) * rows * columns);
    const data = Uint8Array.from(values, (value) => greyLevel(value, window));
    return `data:image/png;base64,${bytesToBase64(encode({ width: columns, height: rows, data, channels: 1 }))}`;
  });
}

/** A fresh page each time, as a notebook that was just opened. */
async function measureFirstPaint(
  browser: Browser,
  script: string,
  draw: (page: Page) => Promise<readonly [number, number]>,
): Promise<string> {
  const rounds: (readonly [number, number])[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const page = await openPage(browser, script);
    rounds.push(await draw(page));
    await page.close();
  }
  const [drawn, shown] = ([0, 1] as const).map((k) => rounds.map((round) => round[k]));
  return `${ms(quantile(drawn!, 0.5))} (on screen ${ms(quantile(shown!, 0.5))})`;
}

function framesText({ apart, own }: inPage.Frames): string {
  // The first frames warm up.
  const [steady, work] = [apart.slice(20), own.slice(20)];
  const mean = steady.reduce((sum, value) => sum + value, 0) / steady.length;
  return (
    `${(1000 / mean).toFixed(0)} a second, 95 % within ${ms(quantile(steady, 0.95))}, ` +
    `own work ${ms(quantile(work, 0.5))} (95 % ${ms(quantile(work, 0.95))})`
  );
}

async function rendererSizes(): Promise<readonly Row[]> {
  const names = (await readdir("dist/renderers")).filter((name) => name.endsWith(".js"));
  return Promise.all(
    names.map(async (name): Promise<Row> => [
      `dist/renderers/${name}`,
      kB((await stat(`dist/renderers/${name}`)).size),
      "",
    ]),
  );
}

const { values: options } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const { payload, bundle } = await subject();
const text = JSON.stringify(payload);
const pictures = stills(payload);
const script = await readFile("dist/renderers/spine.js", "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  args: FLAGS.split(" "),
});
const rows: Row[] = [];

const first = await measureFirstPaint(browser, script, (page) =>
  page.evaluate(inPage.firstPaint, [SLICES_MIME, text] as const),
);
const middle = pictures[payload.initialSlice]!;
const firstOfImage = await measureFirstPaint(browser, script, (page) =>
  page.evaluate(inPage.firstPaintOfImage, [middle, SIDE] as const),
);
rows.push([`first paint, median of ${ROUNDS}`, first, firstOfImage]);

const page = await openPage(browser, script);
await page.evaluate(inPage.firstPaint, [SLICES_MIME, text] as const);
const scroll = await page.evaluate(inPage.pressKeys, [["ArrowDown", "ArrowUp"], false, FRAMES] as const);
const grey = await page.evaluate(inPage.pressKeys, [["ArrowRight", "ArrowLeft"], true, FRAMES] as const);
const plain = await page.evaluate(inPage.scrollImages, [pictures, SIDE, FRAMES] as const);
rows.push(["scrolling", framesText(scroll), framesText(plain)], ["window", framesText(grey), "cannot"]);
await page.close();

const crowd = await openPage(browser, script);
const [time, live] = await crowd.evaluate(inPage.drawMany, [SLICES_MIME, text, VIEWERS] as const);
rows.push([`${VIEWERS} viewers in one page`, `${live} drawn in ${(time / 1000).toFixed(2)} s`, ""]);
await browser.close();

const saved = JSON.stringify(bundle).length;
rows.push(
  ["payload", kB(text.length), kB(pictures.join("").length)],
  ["whole output as saved", kB(saved), ""],
  ...(await rendererSizes()),
);
if (options.json) process.stdout.write(`${JSON.stringify(rows)}\n`);
else {
  process.stdout.write("| | slice viewer | plain PNGs by drawImage |\n| --- | --- | --- |\n");
  for (const row of rows) process.stdout.write(`| ${row.join(" | ")} |\n`);
}
