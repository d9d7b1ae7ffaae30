import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { encodeSlices } from "../../src/figures/index.js";
import { placeOf } from "../../src/figures/pictures/place.js";
import { SLICES_MIME, type SlicesPayload } from "../../src/protocol/index.js";
import { syntheticHeat, syntheticOutlines, syntheticVolume } from "../support/displays.js";
import { launchChromium, noChromium, picture, until } from "./support.js";

/** VS Code's theme colours as its themes of these names have them, as far as the renderers use them. */
const THEMES: Readonly<Record<string, string>> = {
  light:
    "--vscode-foreground:#3b3b3b;--vscode-editor-background:#fff;--vscode-editorWidget-border:#c8c8c8;--vscode-list-inactiveSelectionBackground:#e4e6f1;--vscode-focusBorder:#005fb8",
  dark: "--vscode-foreground:#ccc;--vscode-editor-background:#1f1f1f;--vscode-editorWidget-border:#454545;--vscode-list-inactiveSelectionBackground:#37373d;--vscode-focusBorder:#0078d4",
  contrast:
    "--vscode-foreground:#fff;--vscode-editor-background:#000;--vscode-contrastBorder:#6fc3df;--vscode-contrastActiveBorder:#f38518;--vscode-focusBorder:#f38518",
};

const payload = encodeSlices({
  volume: syntheticVolume(),
  title: "T2 sagittal",
  outlines: syntheticOutlines(),
  heat: syntheticHeat("Pfirrmann"),
  found: placeOf(syntheticVolume()),
});

/** Mounts outputs by the notebook renderer's own entry, as VS Code does; `#o0`, `#o1` ... hold them. */
async function notebook(
  browser: Browser,
  outputs: readonly SlicesPayload[],
  { width = 1000, theme = "light" } = {},
): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  page.on("pageerror", (error) => {
    throw error;
  });
  const script = await readFile("dist/renderers/spine.js", "utf8");
  await page.setContent(
    `<!doctype html><meta charset="utf-8"><style>:root{${THEMES[theme]!};color-scheme:${theme === "light" ? "light" : "dark"}}body{background:var(--vscode-editor-background)}</style><body>`,
  );
  await page.evaluate(
    async ({ script, outputs, mime }) => {
      const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
      const { activate } = (await import(address)) as {
        activate: (context: object) => { renderOutputItem: (...args: unknown[]) => Promise<void> };
      };
      const renderer = activate({});
      Object.assign(window, { renderer });
      await Promise.all(
        outputs.map(async (output, i) => {
          const place = document.createElement("div");
          place.id = `o${i}`;
          document.body.append(place);
          await renderer.renderOutputItem({ id: place.id, mime, json: () => output }, place);
        }),
      );
    },
    { script, outputs, mime: SLICES_MIME },
  );
  return page;
}

const sliceOf = (canvas: Locator): Promise<string | null> => canvas.getAttribute("data-slice");

/** Places of the picture by display pixel, and what a mouse does there. */
async function mouseOn(page: Page, output: string) {
  const canvas = page.locator(`${output} canvas`);
  const box = (await canvas.boundingBox())!;
  const at = (column: number, row: number): [number, number] => [
    box.x + ((column + 0.5) / payload.columns) * box.width,
    box.y + ((row + 0.5) / payload.rows) * box.height,
  ];
  return {
    canvas,
    move: (column: number, row: number) => page.mouse.move(...at(column, row)),
    click: (column: number, row: number) => page.mouse.click(...at(column, row)),
    async drag(from: readonly [number, number], to: readonly [number, number]) {
      await page.mouse.move(...at(...from));
      await page.mouse.down();
      await page.mouse.move(...at(...to), { steps: 3 });
      await page.mouse.up();
    },
  };
}

const said = (page: Page, output: string): Promise<string | null> =>
  page.locator(`${output} [role=status]`).textContent();

describe("slice viewer in a real browser", { skip: noChromium }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser.close());

  it("measures a distance and a Cobb angle by mouse, on their slice, removable", async () => {
    const page = await notebook(browser, [payload]);
    const mouse = await mouseOn(page, "#o0");
    const bare = await picture(mouse.canvas);
    await page.locator("#o0").getByText("Distance", { exact: true }).click();
    await mouse.drag([20, 40], [50, 80]);
    // A pixel is 1 mm wide, and the pointer moves by whole pixels of the screen.
    await until("50 mm", async () => /\b(49\.[5-9]|50\.[0-5]) mm/.test((await said(page, "#o0")) ?? ""));
    await until("a line", async () => (await picture(mouse.canvas)) !== bare);
    await page.locator("#o0").getByText("Cobb", { exact: true }).click();
    await mouse.drag([20, 120], [60, 120]);
    await mouse.drag([20, 160], [60, 200]);
    await until("45 degrees", async () => /Cobb 4(4\.[5-9]|5\.[0-5])°/.test((await said(page, "#o0")) ?? ""));
    await mouse.canvas.focus();
    await page.keyboard.press("Delete");
    await until("the Cobb angle gone", async () => !(await said(page, "#o0"))!.includes("Cobb"));
    await page.locator("#o0").getByText("Clear", { exact: true }).click();
    await page.mouse.move(0, 0);
    await until("nothing left", async () => (await picture(mouse.canvas)) === bare);
    await page.close();
  });

  it("chooses tools by keyboard, and keeps measurements in the saved PNG", async () => {
    const page = await notebook(browser, [payload]);
    await page.locator("#o0 input[value=window]").focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await page.locator("#o0 canvas").getAttribute("data-tool"), "distance");
    const mouse = await mouseOn(page, "#o0");
    const download = async (): Promise<Buffer> => {
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.locator("#o0").getByText("Save PNG").click(),
      ]);
      assert.equal(file.suggestedFilename(), "T2-sagittal-slice-5.png");
      return readFile(await file.path());
    };
    const without = await download();
    await mouse.drag([20, 40], [50, 80]);
    const withLine = await download();
    assert.equal(withLine.subarray(1, 4).toString(), "PNG");
    assert.ok(!withLine.equals(without));
    await page.close();
  });

  it("tells intensity and patient position under the pointer, and keeps a clicked point", async () => {
    const page = await notebook(browser, [payload, { ...payload, frame: undefined, series: undefined }]);
    const mouse = await mouseOn(page, "#o0");
    const readout = page.locator("#o0 .readout");
    await mouse.move(80, 130);
    // The test volume's affine: x = 4 slice, y = column, z = -row.
    await until("position", async () =>
      /^Intensity \d+ · LPS 16\.0, (79\.[5-9]|80\.[0-5]), −1(29\.[5-9]|30\.[0-5]) mm · column 80, row 130$/.test(
        (await readout.textContent()) ?? "",
      ),
    );
    await page.keyboard.press("p");
    await page.locator("#o0").getByText("Probe", { exact: true }).click();
    await mouse.click(40, 60);
    await page.mouse.move(0, 0);
    assert.match((await readout.textContent()) ?? "", /column 40, row 60/);
    assert.match((await said(page, "#o0")) ?? "", /Intensity \d+/);
    const older = await mouseOn(page, "#o1");
    await older.canvas.scrollIntoViewIfNeeded();
    await older.canvas.hover();
    const text = (await page.locator("#o1 .readout").textContent()) ?? "";
    assert.match(text, /Intensity/);
    assert.doesNotMatch(text, /LPS/);
    await page.close();
  });

  it("scrolls outputs of one series together once they are linked", async () => {
    const reversed = { ...payload, initialSlice: 2 };
    const page = await notebook(browser, [payload, reversed, { ...payload, series: "000000000000" }]);
    const [a, b, c] = [0, 1, 2].map((i) => page.locator(`#o${i} canvas`)) as [Locator, Locator, Locator];
    const link = page.locator("#o0").getByText("Link", { exact: true });
    assert.equal(await page.locator("#o2").getByText("Link", { exact: true }).isVisible(), false);
    await a.focus();
    await page.keyboard.press("ArrowDown");
    await until("scrolling alone", async () => (await sliceOf(a)) === "5");
    assert.equal(await sliceOf(b), "2");
    await link.click();
    await until("meeting", async () => (await sliceOf(b)) === "5");
    assert.equal(await page.locator("#o1 [aria-pressed=true]").textContent(), "Link");
    await b.focus();
    await page.keyboard.press("ArrowDown");
    await until("scrolling together", async () => (await sliceOf(a)) === "6" && (await sliceOf(b)) === "6");
    assert.equal(await sliceOf(c), "4");
    await link.click();
    await page.keyboard.press("Home");
    await page.close();
  });

  it("colours heat by another map, and shows pixels as they are", async () => {
    const page = await notebook(browser, [payload]);
    const canvas = page.locator("#o0 canvas");
    const ramp = page.locator("#o0 .ramp");
    const seen = new Set<string>();
    for (const map of ["Inferno", "Viridis", "Hot to red"]) {
      await page.locator("#o0 select[name=colours]").selectOption(map);
      await until(map, async () => !seen.has(await picture(canvas)));
      seen.add(await picture(canvas)).add(await ramp.evaluate((element) => element.style.background));
    }
    assert.equal(seen.size, 6, "three pictures and three legends");
    const smooth = await picture(canvas);
    await page.locator("#o0 input[name=smooth]").uncheck();
    await until("pixels", async () => (await picture(canvas)) !== smooth);
    await page.locator("#o0 summary").click();
    assert.match(await page.locator("#o0 details").innerText(), /160 × 240 pixels[\s\S]*sagittal[\s\S]*T2/);
    await page.close();
  });

  it("tells of the chosen heat where it lies and what it explains, readable in every theme", async () => {
    const line = (i: number): string =>
      `Of the heat: disc ${40 + i}, endplates 20, bodies 25, canal 10, elsewhere ${5 - i} %; its hottest tenth makes 3${i} % of the score.`;
    const heat = payload.heat.map((layer, i) =>
      i === 2 ? layer : { ...layer, line: line(i), note: `What was measured, ${i}.` },
    );
    for (const theme of Object.keys(THEMES))
      for (const width of [400, 1000]) {
        const page = await notebook(browser, [{ ...payload, heat }], { width, theme });
        const told = page.locator("#o0 .heat-facts");
        const summary = told.locator("summary");
        assert.equal(await summary.textContent(), line(0));
        assert.equal(await summary.getAttribute("title"), "What was measured, 0.");
        await page.locator("#o0 select[name=heat]").selectOption("1");
        assert.equal(await summary.textContent(), line(1));
        assert.equal(await told.locator("p").isVisible(), false);
        await summary.focus();
        await page.keyboard.press("Enter");
        await until("the note by keyboard", () => told.locator("p").isVisible());
        assert.equal(await told.locator("p").textContent(), "What was measured, 1.");
        const contrast = await summary.evaluate((element) => {
          const numbers = (colour: string): number[] => colour.match(/[\d.]+/g)!.map(Number);
          const light = (colour: string): number => {
            const [r, g, b] = numbers(colour).map((value) => {
              const share = value / 255;
              return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
            });
            return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
          };
          const [text, ground] = [
            light(getComputedStyle(element).color),
            light(getComputedStyle(document.body).backgroundColor),
          ];
          return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
        });
        assert.ok(contrast >= 4.5, `${theme}: contrast ${contrast}`);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.ok(wide <= width, `${theme}: ${wide} of ${width} pixels wide`);
        await page.locator("#o0 select[name=heat]").selectOption("2");
        assert.equal(await told.isVisible(), false, "a layer of before has no line");
        await page.locator("#o0 select[name=heat]").selectOption("-1");
        assert.equal(await told.isVisible(), false);
        await page.close();
      }
  });

  it("keeps forty viewers alive, and disposal leaves nothing of them", async () => {
    const page = await notebook(
      browser,
      Array.from({ length: 40 }, () => payload),
    );
    const drawn = await page.evaluate(
      () =>
        [...document.body.children].filter((place) => {
          const canvas = place.firstElementChild?.shadowRoot?.querySelector("canvas");
          if (!canvas) return false;
          const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
          return new Set(data.filter((_, i) => i % 404 === 0)).size > 30;
        }).length,
    );
    assert.equal(drawn, 40);
    const first = page.locator("#o0 canvas");
    const last = page.locator("#o39 canvas");
    await last.focus();
    await page.keyboard.press("ArrowDown");
    await until("the last one scrolling", async () => (await sliceOf(last)) === "5");
    assert.equal(await sliceOf(first), "4");
    await page.evaluate(() => {
      const { renderer } = window as unknown as { renderer: { disposeOutputItem: (id?: string) => void } };
      renderer.disposeOutputItem();
    });
    await until("disposal", () =>
      page.evaluate(() =>
        [...document.body.children].every(
          (place) => !place.firstElementChild?.shadowRoot?.querySelector("canvas"),
        ),
      ),
    );
    await page.evaluate(() => {
      document.body.replaceChildren();
    });
    const session = await page.context().newCDPSession(page);
    const living = async (name: string): Promise<number> => {
      await session.send("HeapProfiler.collectGarbage");
      const { result } = await session.send("Runtime.evaluate", { expression: `${name}.prototype` });
      const { objects } = await session.send("Runtime.queryObjects", {
        prototypeObjectId: result.objectId!,
      });
      const { result: count } = await session.send("Runtime.callFunctionOn", {
        objectId: objects.objectId!,
        functionDeclaration: "function () { return this.length; }",
        returnByValue: true,
      });
      await session.send("Runtime.releaseObject", { objectId: objects.objectId! });
      return count.value as number;
    };
    for (const name of ["OffscreenCanvas", "HTMLCanvasElement", "ImageData", "ResizeObserver"])
      await until(`freeing every ${name}`, async () => (await living(name)) === 0);
    await page.close();
  });

  it("fits its controls into 400 and 1200 pixels in every theme", async () => {
    for (const theme of Object.keys(THEMES))
      for (const width of [400, 1200]) {
        const page = await notebook(browser, [payload], { width, theme });
        const [wide, tall] = await page.evaluate(() => {
          const root = document.querySelector("#o0")!.firstElementChild!.shadowRoot!;
          const bar = root.querySelector(".bar")!.getBoundingClientRect();
          return [document.documentElement.scrollWidth, bar.height];
        });
        assert.ok(wide <= width, `${theme}: ${wide} of ${width} pixels wide`);
        assert.ok(tall <= 64, `${theme}: the tool bar takes at most two rows, not ${tall} pixels`);
        await page.close();
      }
  });
});
