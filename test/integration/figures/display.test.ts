import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decode } from "fast-png";
import {
  confusionFigure,
  encodeSlices,
  figureBundle,
  gradesBundle,
  MAX_PAYLOAD,
  slicesBundle,
  tableBundle,
} from "../../../src/figures/index.js";
import { placeOf } from "../../../src/figures/pictures/place.js";
import { unpackVoxels } from "../../../src/figures/pictures/pack.js";
import { GRADES_MIME, PLOTLY_MIME, SLICES_MIME, TABLE_MIME } from "../../../src/protocol/index.js";
import {
  syntheticGrades,
  syntheticHeat,
  syntheticOutlines,
  syntheticVolume,
  wideGrades,
} from "../../support/displays.js";

describe("displays", () => {
  it("pack slices without loss", () => {
    const volume = syntheticVolume();
    const payload = encodeSlices({ volume, title: "T2" });
    assert.deepEqual(unpackVoxels(payload), volume.voxels);
    assert.deepEqual([payload.columns, payload.rows, payload.slices], [160, 240, 9]);
  });

  it("keep a large noisy stack under the limit, and say so", () => {
    const volume = syntheticVolume(512, 512, 15);
    const noisy = {
      ...volume,
      voxels: Int16Array.from(
        volume.voxels,
        (value, i) => value + (Math.imul(i ^ (i >>> 7), 2654435761) >>> 17),
      ),
    };
    const payload = encodeSlices({ volume: noisy, title: "T2" });
    assert.ok(JSON.stringify(payload).length <= MAX_PAYLOAD);
    assert.ok(payload.columns < 512 && payload.remark.length > 0);
  });

  it("carry a still picture with outlines, and text", async () => {
    const bundle = await slicesBundle(
      encodeSlices({
        volume: syntheticVolume(),
        title: "T2",
        outlines: syntheticOutlines(),
        heat: syntheticHeat("Pfirrmann"),
        found: placeOf(syntheticVolume()),
      }),
    );
    assert.deepEqual(Object.keys(bundle).sort(), [SLICES_MIME, "image/png", "text/plain"].sort());
    const png = decode(Buffer.from(bundle["image/png"] as string, "base64"));
    assert.ok(png.width > 100 && png.height > 100);
    let coloured = 0;
    for (let i = 0; i < png.data.length; i += png.channels)
      if (Math.abs(png.data[i]! - png.data[i + 2]!) > 60) coloured++;
    assert.ok(coloured > 500, `${coloured} coloured pixels: outlines and heat are drawn`);
    assert.match(String(bundle["text/plain"]), /L5-S1/);
  });

  it("make tables of grades and rows readable without a renderer", () => {
    const grades = gradesBundle(syntheticGrades(false));
    assert.ok(GRADES_MIME in grades);
    assert.match(String(grades["text/html"]), /<table[\s\S]*L4-L5/);
    assert.match(String(grades["text/plain"]), /L4-L5/);
    const table = tableBundle([{ level: "<b>", grade: 2 }]);
    assert.ok(TABLE_MIME in table);
    assert.doesNotMatch(String(table["text/html"]), /<b>/);
  });

  it("say in a column's head what all its grades were trained on, and in the cells what only some were", () => {
    const bundle = gradesBundle(wideGrades());
    const html = String(bundle["text/html"]);
    assert.match(html, /<th scope="col">Herniation \*<.th>/);
    assert.match(html, /<th scope="col">Central canal stenosis<.th>/);
    assert.equal(html.match(/>[01] \*<.td>/g)?.length, 2, "the two discs whose stenosis is synthetic");
    const text = String(bundle["text/plain"]).split("\n");
    assert.match(
      text.find((line) => line.startsWith("Disc"))!,
      /stenosis +Upper.*Herniation \* +Bulging \* +Modic type \*$/,
    );
    assert.equal(text.filter((line) => /^L\d.* \*/.test(line)).length, 2);
    assert.match(html, /\* graded by a model trained on synthetic images only/);
  });

  it("write a table's numbers so that small ones are told, and count all its rows", () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      i,
      p: i === 0 ? 1.23456e-12 : i === 1 ? NaN : 3e-5,
    }));
    const bundle = tableBundle(rows, ["i", "p"], 5000);
    const html = String(bundle["text/html"]);
    assert.match(html, /<td>0<.td><td title="1.23456e-12">1.235e-12<.td>/);
    assert.match(html, /<td>0.00003<.td>/);
    assert.match(html, /… 4950 more rows/);
    assert.match(String(bundle["text/plain"]), /1\.235e-12[\s\S]*… 4950 more rows$/);
    const resource = bundle[TABLE_MIME] as { data: readonly object[]; total: number; title: string };
    assert.deepEqual([resource.total, resource.title], [5000, "The first 60 of 5000 rows"]);
    assert.deepEqual(resource.data[1], { i: 1, p: "NaN" });
    assert.doesNotMatch(String(tableBundle(rows.slice(0, 50))["text/html"]), /more/);
  });

  it("draw a confusion matrix as a plot with a still", async () => {
    const bundle = await figureBundle(
      confusionFigure({
        matrix: [
          [2, 1],
          [0, 0],
        ],
        classes: ["1", "2"],
        title: "M",
        subtitle: "s",
      }),
    );
    const plot = bundle[PLOTLY_MIME] as { data: { z: unknown }[] };
    assert.deepEqual(plot.data[0]!.z, [
      [2 / 3, 1 / 3],
      [null, null],
    ]);
    assert.ok(decode(Buffer.from(bundle["image/png"] as string, "base64")).width > 100);
    // Rows are the reference, in every form: two of class 1 were called 1, one was called 2.
    const { layout, data } = plot as unknown as {
      layout: Record<"xaxis" | "yaxis", { title: { text: string } }>;
      data: { x: string[]; y: string[]; text: string[][] }[];
    };
    assert.deepEqual([layout.xaxis.title.text, layout.yaxis.title.text], ["predicted", "reference"]);
    assert.match(data[0]!.text[0]![1]!, /^1<br>33 %/);
    assert.match(String(bundle["text/plain"]), /reference \\ predicted +1 +2\n.*1 +2 +1\n.*2 +0 +0/);
    const { svg } = confusionFigure({
      matrix: [
        [7, 5],
        [3, 9],
      ],
      classes: ["a", "b"],
      title: "M",
      subtitle: "s",
    });
    const words = [...svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)"([^>]*)>([^<]*)</g)].map(
      ([, x, y, attributes, word]) => ({
        x: Number(x),
        y: Number(y),
        isTurned: attributes!.includes("rotate(-90)"),
        word,
      }),
    );
    const at = (word: string) => words.find((one) => one.word === word)!;
    assert.deepEqual([at("reference").isTurned, at("predicted").isTurned], [true, false]);
    // 5 stands right of 7 (another prediction), 3 below it (another reference).
    assert.ok(at("5").x > at("7").x && at("5").y === at("7").y);
    assert.ok(at("3").y > at("7").y && at("3").x === at("7").x);
    assert.throws(
      () => confusionFigure({ matrix: [[1]], classes: ["1", "2"], title: "", subtitle: "" }),
      /confusion matrix/,
    );
  });
});
