import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decode } from "fast-png";
import { montage, sliceCell } from "../../src/api/index.js";
import type { MontageCell } from "../../src/api/index.js";

const display = Symbol.for("Jupyter.display") as unknown as "display";
type Shown = Record<"display", () => Promise<Record<string, string>>>;

const ramp = (rows: number, columns: number): Float32Array =>
  Float32Array.from({ length: rows * columns }, (_, i) => (i % columns) / columns);
const cell = (caption: string, more: Partial<MontageCell> = {}): MontageCell => ({
  values: ramp(20, 40),
  ...{ rows: 20, columns: 40, caption },
  ...more,
});

async function show(cells: MontageCell[], options = {}): Promise<Record<string, string>> {
  return (montage(cells, options) as unknown as Shown)[display]();
}

/** Pictures in the HTML form. */
function pictures(html: string) {
  return [...html.matchAll(/src="data:image\/png;base64,([^"]+)"/g)].map((match) =>
    decode(Buffer.from(match[1]!, "base64")),
  );
}

describe("a montage", () => {
  it("shows each picture with its caption, as a still, as HTML and in words", async () => {
    const cells = ["one\nsecond line", "two & more", "three"].map((caption) => cell(caption));
    const shown = await show(cells, { columns: 2, title: "Discs <all>", width: 40 });
    assert.equal(shown["text/plain"], "Discs <all>\none, second line\ntwo & more\nthree");
    assert.match(shown["text/html"]!, /Discs &lt;all&gt;/);
    assert.match(shown["text/html"]!, /two &amp; more/);
    assert.equal(pictures(shown["text/html"]!).length, 3);
    const still = decode(Buffer.from(shown["image/png"]!, "base64"));
    // Two pictures of 40 with three gaps of 10, at 1.3 pixels each.
    assert.equal(still.width, Math.ceil(1.3 * 110));
    assert.ok(still.height > 1.3 * 2 * 20);
  });

  it("spans black and white over each picture, or over the window that is given", async () => {
    const [own] = pictures((await show([cell("")], { width: 40 }))["text/html"]!);
    assert.deepEqual([own!.data[0], own!.data[39]], [0, 255]);
    const [fixed] = pictures((await show([cell("")], { width: 40, window: [0, 2] }))["text/html"]!);
    assert.ok(fixed!.data[39]! < 130 && fixed!.data[39]! > 110);
  });

  it("lays evidence over the picture in colour, and stays grey where there is none", async () => {
    const heat = new Float32Array(800);
    heat[0] = 1;
    const [picture] = pictures((await show([cell("", { heat })], { width: 40 }))["text/html"]!);
    assert.equal(picture!.channels, 3);
    const pixel = (i: number): number[] => [...picture!.data.subarray(3 * i, 3 * i + 3)];
    assert.notEqual(pixel(0)[0], pixel(0)[2]);
    assert.deepEqual(new Set(pixel(20)).size, 1);
  });

  it("makes large pictures no larger than they are shown, and keeps millimetres in proportion", async () => {
    const large = cell("", { values: ramp(100, 400), rows: 100, columns: 400, spacing: [0.5, 1] });
    const html = (await show([large], { width: 80 }))["text/html"]!;
    assert.equal(pictures(html)[0]!.width, 80);
    assert.match(html, /width="80" height="40"/);
  });

  it("refuses what does not make a picture", async () => {
    await assert.rejects(show([]), /at least one picture/);
    await assert.rejects(show([cell("x", { rows: 21 })]), /“x” has 800 values for 21 × 40 pixels/);
    await assert.rejects(show([cell("x", { heat: [1] })]), /1 heat for 20 × 40/);
    await assert.rejects(show([cell("x")], { columns: 0 }), /at least 1, not 0/);
    const given = (cells: readonly unknown[]) => cells as MontageCell[];
    for (const wrong of [{ discs: [] }, undefined, { ...cell(""), caption: undefined }])
      await assert.rejects(
        show(given([cell("one"), wrong])),
        /Cell 1 of this montage is no picture; sliceCell/,
      );
  });

  it("takes slices out of stacks", () => {
    const stack = {
      ...{ values: Float32Array.of(1, 2, 3, 4), rows: 1, columns: 2, slices: 2 },
      spacing: [0.5, 0.7, 4] as const,
    };
    const taken = sliceCell(stack, 1, "second", [0, 0, 0.25, 1]);
    assert.deepEqual([...Array.from(taken.values), ...Array.from(taken.heat!)], [3, 4, 0.25, 1]);
    assert.deepEqual(taken.spacing, [0.5, 0.7]);
    assert.throws(() => sliceCell(stack, 2, ""), /no slice 2; this stack has slices 0 to 1/);
  });
});
