import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { inflateSync } from "node:zlib";
import { decode } from "fast-png";
import {
  blandAltman,
  confusionMatrix,
  curvePlot,
  displayable,
  distributionPlot,
  encodeSlices,
  gradeHistogram,
  montage,
  saveFigure,
  saveSlices,
  scatterPlot,
  sliceCell,
  slicesBundle,
  type Saveable,
} from "../../src/figures/index.js";
import { placeOf } from "../../src/figures/pictures/place.js";
import { withDefaults } from "../../src/figures/saving/plotlyDefaults.js";
import { drawPlotly } from "../../src/figures/drawing/draw.js";
import { GALLERY } from "../support/gallery.js";
import { syntheticHeat, syntheticOutlines, syntheticVolume } from "../support/displays.js";

const grades = [1, 2, 2, 3, 3, 3, 4, 4, 5, 5];
const others = [1, 2, 3, 3, 3, 2, 4, 5, 5, 4];
const classes = [1, 2, 3, 4, 5];
const levels = grades.map((grade, i) => ({ grade, level: i % 2 === 0 ? "L3-L4" : "L4-L5" }));
const volume = syntheticVolume(40, 60, 3);

const figures: Readonly<Record<string, Saveable>> = {
  "confusion matrix": confusionMatrix(grades, others, { classes, title: "Reader & model" }),
  "Bland and Altman's plot": blandAltman(grades, others),
  histogram: gradeHistogram({ Reader: grades, Model: others }, { classes, stacked: true }),
  distribution: distributionPlot(levels, { value: "grade", by: "level", classes }),
  scatter: scatterPlot(grades, others, { classes }),
  curves: curvePlot([{ name: "κ", points: [[10, 0.5], [100, 0.7]] }], { logX: true }), // prettier-ignore
  montage: montage([0, 1, 2].map((slice) => sliceCell(volume, slice, `slice ${slice}`))),
};

const payload = () => {
  const whole = syntheticVolume();
  const outlines = syntheticOutlines();
  return encodeSlices({
    volume: whole,
    title: "T2",
    outlines,
    heat: syntheticHeat("Pfirrmann"),
    found: placeOf(whole),
  });
};

/** Text of a PDF's objects, and of its streams where they are deflated. */
function pdfText(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  const streams = [...text.matchAll(/stream\n/g)].flatMap(({ index }) => {
    try {
      return [inflateSync(bytes.subarray(index + 7), { finishFlush: 2 }).toString("latin1")];
    } catch {
      return [];
    }
  });
  return [text, ...streams].join("\n");
}

describe("figures as files", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-figures-"));
  });
  after(() => rm(folder, { recursive: true }));
  const bytesOf = async (figure: Parameters<typeof saveFigure>[0], name: string, options = {}) => {
    const saved = await saveFigure(figure, join(folder, name), options);
    return { saved, bytes: await readFile(join(folder, name)) };
  };

  it("are PNGs of the width and density that were asked for", async () => {
    const matrix = figures["confusion matrix"]!;
    for (const [width, dpi, across] of [
      ["single", 300, 1004],
      ["double", 600, 4205],
      [50, 96, 189],
    ] as const) {
      const { saved, bytes } = await bytesOf(matrix, "size.png", { width, dpi });
      const { width: pixels, height, resolution } = decode(bytes);
      assert.equal(pixels, across);
      assert.deepEqual(saved.pixels, [pixels, height]);
      assert.deepEqual(resolution, { x: Math.round(dpi / 0.0254), y: Math.round(dpi / 0.0254), unit: 1 });
      assert.ok(Math.abs(saved.height - (height / dpi) * 25.4) < 0.2);
    }
  });

  it("are PDFs of one page, with words and font", async () => {
    const { bytes, saved } = await bytesOf(figures["confusion matrix"]!, "page.pdf", { width: "single" });
    const text = pdfText(bytes);
    assert.match(text, /^%PDF-1\.7/);
    assert.match(bytes.toString("latin1"), /%%EOF\s*$/);
    const [, width, height] = /MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(text)!.map(Number) as [
      number,
      number,
      number,
    ];
    assert.ok(Math.abs(width - (85 / 25.4) * 72) < 0.01, `${width} points`);
    assert.ok(Math.abs(height - (saved.height / 25.4) * 72) < 0.01);
    assert.match(text, /\/BaseFont \/[A-Z]{6}\+DejaVuSans/);
    assert.match(text, /\/FontFile2 /);
    assert.doesNotMatch(text, /\/Subtype \/Image/, "what is drawn stays a drawing");
    assert.equal(text.match(/\/Type \/Page\b(?!s)/g)!.length, 1);
  });

  it("are SVGs that hold their letters, and tell their size on paper", async () => {
    const { bytes } = await bytesOf(figures["confusion matrix"]!, "drawn.svg", { width: "double" });
    const svg = bytes.toString();
    assert.match(svg, /^<svg width="178mm" height="[\d.]+mm" viewBox="0 0 \d+ \d+" xmlns=/);
    const font = /url\(data:font\/woff;base64,([^)]+)\)/.exec(svg)![1]!;
    assert.equal(Buffer.from(font, "base64").toString("latin1", 0, 4), "wOFF");
    assert.ok(font.length < 40_000, "letters that do not occur are left out");
    assert.match(svg, /Reader &amp; model/);
  });

  it("are the same bytes twice, of every kind of figure, as each kind of file", async () => {
    for (const [name, figure] of Object.entries(figures))
      for (const ending of ["svg", "png", "pdf"]) {
        const options = { width: 60, dpi: 100, theme: "print" };
        const first = await bytesOf(figure, `one.${ending}`, options);
        const second = await bytesOf(figure, `two.${ending}`, options);
        assert.ok(first.bytes.equals(second.bytes), `${name}.${ending}`);
        assert.ok(Math.abs(first.saved.width - 60) < 1e-9);
      }
  });

  it("keep words of seven points at least in one column, where the figure can be narrower", async () => {
    for (const name of ["Bland and Altman's plot", "scatter", "curves"]) {
      const { saved } = await bytesOf(figures[name]!, "words.svg", { width: "single" });
      assert.ok(saved.smallestWords! > 7, `${name}: ${saved.smallestWords}`);
    }
    const { saved } = await bytesOf(figures["confusion matrix"]!, "words.svg", { width: 30 });
    assert.match(String(saved), /smallest words are of [\d.]+ points, which few journals accept/);
  });

  it("have a ground and words by their theme, and colours of data in all", async () => {
    const grounds = await Promise.all(
      (["light", "dark", "print"] as const).map(async (theme) =>
        (await bytesOf(figures["histogram"]!, `${theme}.svg`, { theme })).bytes.toString(),
      ),
    );
    assert.deepEqual(
      grounds.map((svg) => /<rect width="100%" height="100%" fill="([^"]+)"/.exec(svg)![1]),
      ["#fff", "#1f1f1f", "#fff"],
    );
    assert.deepEqual(
      grounds.map((svg) => /font-size="12" fill="([^"]+)"/.exec(svg)![1]),
      ["#1f2328", "#e6edf3", "#000"],
    );
    assert.ok(grounds.every((svg) => svg.includes("#0072b2") && !svg.includes("var(--")));
  });

  it("show the slice and heat that are named", async () => {
    const slices = payload();
    const heat = slices.heat[0]!.label;
    const path = join(folder, "slices.svg");
    await saveSlices(slices, path, { slice: 2, heat: null });
    const plain = await readFile(path, "utf8");
    assert.match(plain, />3 \/ 9</);
    assert.doesNotMatch(plain, /heat:/);
    await saveSlices(slices, path, { heat });
    assert.ok((await readFile(path, "utf8")).includes(`heat: ${heat}`));
    await assert.rejects(saveSlices(slices, path, { slice: 9 }), /no slice 9; there are slices 0 to 8/);
    await assert.rejects(saveSlices(slices, path, { heat: "L9" }), /no heat layer “L9”; there is /);
    const shown = displayable(() => slicesBundle(slices));
    const { bytes } = await bytesOf(shown, "slices.pdf", { width: 40, dpi: 100 });
    const text = pdfText(bytes);
    assert.equal(text.match(/\/Subtype \/Image/g)!.length, 3, "the slice, heat, and how far it lets through");
    assert.match(text, /\/Width 157\b/);
  });

  it("are refused in a sentence, before anything is written", async () => {
    const figure = figures["curves"]!;
    const files = await readdir(folder);
    const cases: readonly [string, object, RegExp][] = [
      ["a.gif", {}, /cannot be written as \.gif: name a file that ends in \.svg, \.png or \.pdf/],
      ["a", {}, /which has no ending/],
      ["missing/a.png", {}, /no folder ".*missing" to save a figure in: make it first/],
      ["a.png", { width: 5 }, /20 to 500 mm wide.*not 5/],
      ["a.png", { width: "triple" }, /"single" \(85 mm\) or "double" \(178 mm\), not "triple"/],
      ["a.png", { width: NaN }, /20 to 500 mm/],
      ["a.png", { dpi: 10 }, /72 to 1200 dpi, not 10/],
      ["a.png", { theme: "neon" }, /no theme "neon"; there is light, dark, print/],
      ["a.png", { widht: 85 }, /no option "widht"; did you mean "width"/],
      ["a.png", { width: 500, dpi: 1200 }, /pixels, more than can be drawn/],
    ];
    for (const [name, options, message] of cases)
      await assert.rejects(saveFigure(figure, join(folder, name), options), message);
    await writeFile(join(folder, "file"), "");
    await assert.rejects(saveFigure(figure, join(folder, "file", "a.png")), /is a file and no folder/);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name !== "file"),
      files,
    );
  });

  it("are no tables, promises or texts", async () => {
    const save = (value: unknown) => saveFigure(value as Saveable, join(folder, "x.png"));
    await assert.rejects(save([{ a: 1 }]), /Tables are written by toLatex/);
    await assert.rejects(save(undefined), /this is none of them/);
    await assert.rejects(save(Promise.resolve()), /wait for the figure first/);
    await assert.rejects(save(displayable({ "text/plain": "a" })), /this is none of them/);
  });
});

describe("a user's figure of plotly's", () => {
  const drawn = (figure: Parameters<typeof withDefaults>[0]): string => drawPlotly(withDefaults(figure));

  it("is drawn with plotly's defaults", () => {
    const svg = drawn({
      data: [{ y: Float64Array.of(2, 4, 3) }],
      layout: { title: "Own", xaxis: { title: "x" } },
    });
    assert.match(svg, />Own</);
    assert.match(svg, /<polyline/);
    assert.equal(svg.match(/<circle/g)!.length, 3);
    assert.doesNotMatch(drawn({ data: [{ y: Array.from({ length: 20 }, (_, i) => i) }] }), /<circle/);
  });

  it("has bars and cells with names, or at equal steps", () => {
    assert.match(drawn({ data: [{ type: "bar", x: ["a", "b"], y: [1, 2] }] }), />a</);
    assert.match(drawn({ data: [{ type: "bar", x: [10, 20, 30], y: [1, 2, 3] }] }), />20</);
    assert.match(drawn({ data: [{ type: "heatmap", z: [[1, 2], [3, 4]] }] }), /#440154|rgb\(68,1,84\)/); // prettier-ignore
    // Side by side they would look as if 2 and 40 were neighbours.
    assert.throws(() => drawn({ data: [{ type: "bar", x: [1, 2, 40], y: [1, 2, 3] }] }), /type "category"/);
  });

  it("of any trace type is written as SVG, PNG and PDF, by plotly.js", async () => {
    const folder = await mkdtemp(join(tmpdir(), "spinebook-plotly-"));
    try {
      for (const type of [
        "violin",
        "sankey",
        "scatterpolar",
        "table",
        "surface",
        "contourcarpet",
        "histogram2d",
        "scattercarpet",
      ]) {
        const path = join(folder, `${type}.pdf`);
        const saved = await saveFigure(GALLERY[type]!, path, { width: "single" });
        assert.match(String(saved), /85\.0 × [\d.]+ mm/, type);
        assert.match(pdfText(await readFile(path)), /BT[\s\S]*ET/, `${type} has words`);
      }
      const dates = { data: [{ x: ["2024-01-01", "2024-03-01"], y: [1, 2] }] };
      await saveFigure(dates, join(folder, "a.svg"));
      assert.match(await readFile(join(folder, "a.svg"), "utf8"), />Jan 2024<|>2024</);
      await saveFigure(GALLERY["pie"]!, join(folder, "a.png"), { width: 40, dpi: 100 });
      assert.equal(decode(await readFile(join(folder, "a.png"))).width, 157);
      const partly = { data: [{ type: "pie", values: [1, 2] }, { type: "volume" }] };
      assert.match(String(await saveFigure(partly, join(folder, "b.svg"))), /not in it: the volume trace/);
      await assert.rejects(
        saveFigure(GALLERY["volume"]!, join(folder, "c.pdf")),
        /cannot be saved: the volume trace, which only a browser draws\./,
      );
      assert.deepEqual((await readdir(folder)).includes("c.pdf"), false);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("is refused by our own drawer with what is not known of it, and what to do", () => {
    assert.throws(
      () => drawn({ data: [{ type: "box", y: [1, 2] }] }),
      /data\[0\]\.type "box" is not known\. Known are scatter/,
    );
    assert.throws(
      () => drawn({ data: [{ x: ["2024-01-01", "2024-03-01"], y: [1, 2] }] }),
      /"2024-01-01" lies on a linear axis/,
    );
    const many = { data: Array.from({ length: 40 }, () => ({ type: "pie" })) };
    assert.throws(() => drawn(many), /; and 28 more are not known/);
  });
});
