import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, it } from "node:test";
import { decode } from "fast-png";
import { plotlyStill, type Still } from "../../src/stills/index.js";
import { GALLERY } from "../support/gallery.js";

/** Types of which no still is drawn, with what is said in its place. */
const NOT_DRAWN: Readonly<Record<string, RegExp>> = {
  choroplethmap: /map comes from the network/,
  choroplethmapbox: /map comes from the network/,
  densitymap: /map comes from the network/,
  densitymapbox: /map comes from the network/,
  isosurface: /the isosurface trace, which only a browser draws/,
  scattermap: /map comes from the network/,
  scattermapbox: /map comes from the network/,
  streamtube: /the streamtube trace, which only a browser draws/,
  volume: /the volume trace, which only a browser draws/,
};

/** How the stills looked when a person last looked at them; made anew by SPINEBOOK_APPROVE=1, and looked at then. */
const APPROVED = "test/stills/approved.json";
const ACROSS = 24;
const DOWN = 12;
/** Of 255, on the average of a small picture: letters of another version of the font stay below, another plot does not. */
const MOST_DIFFERENCE = 3;

/** Mean colours of a picture's fields. */
function small(png: Uint8Array): number[] {
  const { width, height, data, channels } = decode(png);
  const sums = new Float64Array(ACROSS * DOWN * 3);
  const counts = new Float64Array(ACROSS * DOWN);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const field = Math.floor((y * DOWN) / height) * ACROSS + Math.floor((x * ACROSS) / width);
      counts[field]! += 1;
      for (let c = 0; c < 3; c++) sums[3 * field + c]! += data[(y * width + x) * channels + c]!;
    }
  return Array.from(sums, (sum, i) => Math.round(sum / counts[Math.floor(i / 3)]!));
}

const difference = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / one.length;

const line = (count: number) => ({
  x: Array.from({ length: count }, (_, i) => i),
  y: Array.from({ length: count }, (_, i) => Math.sin(i / 50)),
});
const ground = ({ png }: Still): number[] => Array.from(decode(png!).data.slice(0, 3));

describe("stills of plotly's figures", { timeout: 300_000 }, () => {
  const stills = new Map(
    Object.entries(GALLERY).map(([type, figure]) => [type, plotlyStill(figure, { isPicture: true })]),
  );

  it("every trace type of plotly.js has one, or a sentence that says why not", () => {
    const { traces } = JSON.parse(readFileSync("node_modules/plotly.js/dist/plot-schema.json", "utf8")) as {
      traces: object;
    };
    assert.deepEqual(Object.keys(GALLERY).sort(), Object.keys(traces).sort());
    for (const [type, { isDrawn, leftOut, png, svg }] of stills) {
      assert.ok(png, `${type}: ${leftOut.join()}`);
      const why = NOT_DRAWN[type];
      assert.equal(isDrawn, why === undefined, `${type}: ${leftOut.join()}`);
      if (why === undefined) assert.deepEqual(leftOut, [], type);
      else assert.match(svg.replace(/<[^>]*>/g, " ").replace(/\s+/g, " "), why);
    }
  });

  it("look as they were approved", () => {
    const found = Object.fromEntries(
      [...stills].filter(([, { isDrawn }]) => isDrawn).map(([type, { png }]) => [type, small(png!)]),
    );
    const text = (pictures: typeof found): string =>
      `${JSON.stringify(Object.fromEntries(Object.entries(pictures).map(([type, fields]) => [type, Buffer.from(fields).toString("base64")])), null, 2)}\n`;
    if (process.env.SPINEBOOK_APPROVE === "1" || !existsSync(APPROVED)) writeFileSync(APPROVED, text(found));
    const approved = JSON.parse(readFileSync(APPROVED, "utf8")) as Readonly<Record<string, string>>;
    assert.deepEqual(Object.keys(found).sort(), Object.keys(approved).sort());
    for (const [type, fields] of Object.entries(found)) {
      const wanted = [...Buffer.from(approved[type]!, "base64")];
      assert.ok(
        difference(fields, wanted) < MOST_DIFFERENCE,
        `${type} looks otherwise: ${difference(fields, wanted)}`,
      );
    }
    // What would be seen by it: another plot, and one that is empty.
    assert.ok(difference(found["pie"]!, found["bar"]!) > MOST_DIFFERENCE);
    assert.ok(
      difference(
        found["surface"]!,
        small(
          plotlyStill(
            {
              data: [{ x: [], y: [] }],
              layout: { height: 320, xaxis: { visible: false }, yaxis: { visible: false } },
            },
            { isPicture: true },
          ).png!,
        ),
      ) > MOST_DIFFERENCE,
    );
  });

  it("are the same whenever they are drawn, and hold nothing from elsewhere", () => {
    for (const type of ["scatter", "sankey", "surface"]) {
      const { svg } = plotlyStill(GALLERY[type]!);
      assert.equal(plotlyStill(GALLERY[type]!).svg, svg, type);
      assert.doesNotMatch(svg.replaceAll(/xmlns(?::\w+)?="[^"]*"/g, ""), /https?:|url\((?!['"]?#)/);
    }
  });

  it("have the ground of their theme, and that of a template by name", () => {
    const figure = { data: [{ type: "box", y: [1, 2, 5] }] };
    assert.deepEqual(ground(plotlyStill(figure, { isPicture: true })), [255, 255, 255]);
    assert.deepEqual(ground(plotlyStill(figure, { isPicture: true, theme: "dark" })), [31, 31, 31]);
    const dark = plotlyStill(
      { ...figure, layout: { template: "plotly_dark+presentation" } },
      { isPicture: true },
    );
    assert.deepEqual([ground(dark), dark.leftOut], [[17, 17, 17], []]);
    const other = plotlyStill({ ...figure, layout: { template: "mine" } }, { isPicture: true });
    assert.match(other.leftOut.join(), /the template "mine", which is not known by name/);
    assert.match(other.svg, /Not in this picture: the template/);
  });

  it("of a million points show some, and say so", () => {
    const still = plotlyStill(
      { data: [{ type: "scattergl", mode: "markers", ...line(1e6) }] },
      { isPicture: true },
    );
    assert.match(still.leftOut.join(), /49 of each 50 points, as there are 1000000/);
    assert.ok(still.svg.length < 20e6 && still.isDrawn);
  });

  it("have packed numbers, plain titles and formulas written out", () => {
    const packed = { dtype: "f8", bdata: Buffer.from(new Float64Array([1, 5, 2]).buffer).toString("base64") };
    const { svg, leftOut } = plotlyStill({
      data: [{ y: packed }],
      layout: { title: "$\\alpha_{i}^2 \\pm \\frac{1}{2}$", yaxis: { title: "a plain title" } },
    });
    assert.match(svg, /a plain title/);
    assert.match(svg.replace(/<[^>]*>/g, "").replaceAll("\u200b", ""), /αi2 ± 1\/2/);
    assert.deepEqual(leftOut, []);
    const told = plotlyStill({ data: [{ y: [1, 2] }], layout: { title: "$\\begin{matrix}a\\end{matrix}$" } });
    assert.match(told.leftOut.join(), /a formula, which stands as it was typed/);
  });

  it("set each line of a title below the one before, and break a long one for a narrow column", () => {
    const placesOf = (svg: string): (string | undefined)[] =>
      [...svg.matchAll(/<tspan[^>]*class="line"[^>]*>/g)].map(([tag]) => /\bx="([^"]*)"/.exec(tag)?.[1]);
    const box = { type: "box", y: [1, 2, 3] };
    const two = plotlyStill({ data: [box], layout: { title: "one line<br>and another" } }).svg;
    assert.equal(new Set(placesOf(two)).size, 1);
    assert.notEqual(placesOf(two)[0], undefined);
    const title = "Severity of the discs of six patients by level, as the model sees it";
    const narrow = plotlyStill({ data: [box], layout: { title } }, { theme: "print", width: 340 }).svg;
    assert.ok(placesOf(narrow).length >= 2, "the title has two lines");
    assert.ok(
      narrow
        .replace(/<[^>]*>/g, " ")
        .replace(/\s+/g, " ")
        .includes("as the model sees it"),
    );
  });

  it("of maps hold the outlines of countries, and tell what is not there", () => {
    const places = { type: "scattergeo", lat: [46.9], lon: [7.4] };
    const scopes = [
      "world",
      "usa",
      "europe",
      "asia",
      "africa",
      "north america",
      "south america",
      "oceania",
      "antarctica",
    ];
    for (const scope of scopes) {
      const { svg, leftOut } = plotlyStill({ data: [places], layout: { geo: { scope, showland: true } } });
      assert.deepEqual(leftOut, [], scope);
      assert.match(svg, /class="layer land"[^>]*><path[^>]* d="M[^"]{500}/, scope);
    }
    const finer = plotlyStill({ data: [places], layout: { geo: { resolution: 50 } } });
    assert.deepEqual(finer.leftOut, ["outlines of countries finer than 1:110 million"]);
    const square = [[0, 0], [0, 20], [30, 20], [30, 0], [0, 0]]; // prettier-ignore
    const geometry = { type: "Polygon", coordinates: [square] };
    const own = {
      type: "FeatureCollection",
      features: [{ type: "Feature", id: "a", properties: {}, geometry }],
    };
    for (const [geojson, told] of [
      [own, []],
      ["counties", ["a map from the network"]],
    ] as const) {
      const { svg, leftOut } = plotlyStill({
        data: [{ type: "choropleth", geojson, locations: ["a"], z: [1] }],
      });
      assert.deepEqual(leftOut, told);
      assert.equal(/<path(?=[^>]*choroplethlocation)[^>]* d="M/.test(svg), told.length === 0);
    }
  });

  it("of an animation show the figure's own data, or the first frame's where it has none", () => {
    const bars = (count: number) => ({ type: "bar", y: Array.from({ length: count }, (_, i) => i + 1) });
    const frames = [3, 5].map((count) => ({ data: [bars(count)] }));
    const drawn = (data: readonly object[]): number =>
      plotlyStill({ data, frames }).svg.match(/class="point"/g)?.length ?? 0;
    assert.deepEqual([drawn([bars(2)]), drawn([{ type: "bar", name: "grades" }]), drawn([])], [2, 3, 3]);
  });

  it("of what is broken are a sentence", () => {
    for (const data of [
      [{ type: "nosuch", x: [1] }],
      [{ type: "surface", z: "x" }],
      [{ type: "scatter3d", x: 5 }],
      [{ y: { dtype: "f8", bdata: "!" } }],
      [{ type: "sankey", link: { source: [1e9], target: [-1], value: ["x"] } }],
    ]) {
      const still = plotlyStill({ data }, { isPicture: true });
      assert.match(still.svg, /^<svg/, JSON.stringify(data));
      assert.ok(still.isDrawn || still.leftOut.length > 0, JSON.stringify(data));
    }
  });
});
