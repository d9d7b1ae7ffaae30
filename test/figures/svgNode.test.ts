import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import * as Plot from "@observablehq/plot";
import { decode } from "fast-png";
import { parseHTML } from "linkedom";
import { saveFigure } from "../../src/figures/index.js";

const { document } = parseHTML("<!doctype html><html><body></body></html>");
const folder = mkdtempSync(join(tmpdir(), "spinebook-svg-"));
after(() => {
  rmSync(folder, { recursive: true });
});
const plot = () =>
  Plot.plot({ document, width: 300, height: 200, marks: [Plot.barY([1, 2, 3], { fill: "steelblue" })] });

test("an SVG element of Observable Plot is written as SVG, with its namespace and its font", async () => {
  const path = join(folder, "bars.svg");
  const saved = await saveFigure(plot(), path, { width: 80 });
  const svg = readFileSync(path, "utf8");
  assert.match(svg, /^<svg [^>]*width="80mm"[^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assert.match(svg, /@font-face[^]*steelblue/);
  assert.ok(!svg.includes("var(--") && !svg.includes('system-ui, sans-serif" '));
  assert.deepEqual([saved.width, Math.round(saved.height)], [80, 53]);
});

test("as PNG it has the pixels that are asked for, and what was drawn", async () => {
  const path = join(folder, "bars.png");
  await saveFigure(plot(), path, { width: 50.8, dpi: 150 });
  const { width, height, data } = decode(readFileSync(path));
  assert.deepEqual([width, height], [300, 200]);
  const blue = [70, 130, 180, 255];
  assert.ok(data.some((_, i) => i % 4 === 0 && blue.every((value, k) => data[i + k] === value)));
});

test("an element of HTML is refused, and told how to save the picture in it; nothing is written", async () => {
  const figure = document.createElement("figure");
  figure.append(plot());
  await assert.rejects(saveFigure(figure, join(folder, "figure.svg")), /<figure>.*querySelector\("svg"\)/);
  await assert.rejects(saveFigure(plot(), join(folder, "figure.pdf")), /\.svg or \.png/);
  assert.ok(!readdirSync(folder).some((name) => name.startsWith("figure")));
});
