import { linesOf, textWidth, wrapped } from "../../src/text/index.js";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawPlotly } from "../../src/figures/drawing/draw.js";
import { shadeOf } from "../../src/figures/drawing/heatmap.js";
import { spread } from "../../src/figures/drawing/shapes.js";
import { svgToPng } from "../../src/figures/index.js";

type Attributes = Readonly<Record<string, string>>;

/** Elements of one kind with their attributes, and what words they hold. */
function elements(svg: string, tag: string): (Attributes & { readonly words: string })[] {
  return [...svg.matchAll(new RegExp(`<${tag} ([^>]*?)/?>([^<]*)`, "g"))].map(([, attributes, words]) => ({
    ...Object.fromEntries(
      [...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
    ),
    words: words!,
  }));
}

const wordsOf = (svg: string): string[] => elements(svg, "text").map(({ words }) => words);
const find = (svg: string, words: string) => {
  const found = elements(svg, "text").find((each) => each.words === words);
  assert.ok(found, `"${words}" among ${wordsOf(svg).join(", ")}`);
  return { x: Number(found["x"]), y: Number(found["y"]), ink: found["fill"] };
};
const dots = (svg: string) =>
  elements(svg, "circle").map((dot) => ({ x: Number(dot["cx"]), y: Number(dot["cy"]), r: Number(dot["r"]) }));
/** Rectangles of the given colour; the round ones are marks of the legend. */
const rects = (svg: string, fill: string) =>
  elements(svg, "rect")
    .filter((rect) => rect["fill"] === fill && rect["rx"] === undefined)
    .map(({ x, y, width, height }) => ({
      left: Number(x),
      top: Number(y),
      right: Number(x) + Number(width),
      bottom: Number(y) + Number(height),
    }));
const near = (a: number, b: number, message?: string): void => {
  assert.ok(Math.abs(a - b) <= 0.11, `${message ?? ""} ${a} is not ${b}`);
};
const markers = (x: readonly unknown[], y: readonly unknown[], more: object = {}) => ({
  ...{ type: "scatter", mode: "markers", x, y },
  ...more,
});

describe("places in a still", () => {
  it("lie on linear axes between the ticks that they lie between", () => {
    const svg = drawPlotly({
      data: [markers([0, 5, 10], [-1, 0, 3])],
      layout: {
        xaxis: { range: [0, 10], tickvals: [0, 10], ticktext: ["from", "to"] },
        yaxis: { range: [-1, 3], dtick: 2 },
      },
    });
    const [low, middle, high] = dots(svg);
    near(low!.x, find(svg, "from").x);
    near(high!.x, find(svg, "to").x);
    near(middle!.x, (low!.x + high!.x) / 2);
    // Words stand with their baseline four pixels below the tick.
    near(middle!.y, find(svg, "0").y - 4);
    near((low!.y - middle!.y) * 3, middle!.y - high!.y);
    assert.deepEqual(
      wordsOf(svg)
        .filter((words) => /\d/.test(words))
        .sort(),
      ["0", "2"].sort(),
    );
  });

  it("lie on a logarithmic axis as far apart as their ratios", () => {
    const svg = drawPlotly({
      data: [markers([10, 20, 40, 1000], [1, 1, 1, 1])],
      layout: { xaxis: { type: "log", range: [1, 3] } },
    });
    const [ten, twenty, forty, thousand] = dots(svg);
    near(twenty!.x - ten!.x, forty!.x - twenty!.x);
    near(ten!.x, find(svg, "10").x);
    near(thousand!.x, find(svg, "1000").x);
    near(find(svg, "100").x, (ten!.x + thousand!.x) / 2);
  });

  it("lie above the names of their categories, from above down where the axis is reversed", () => {
    const svg = drawPlotly({
      data: [markers(["b", "a", "c"], ["r", "s", "t"])],
      layout: {
        xaxis: { type: "category", categoryarray: ["a", "b", "c"] },
        yaxis: { type: "category", autorange: "reversed" },
      },
    });
    for (const [i, [x, y]] of [
      ["b", "r"],
      ["a", "s"],
      ["c", "t"],
    ].entries()) {
      near(dots(svg)[i]!.x, find(svg, x!).x, x);
      near(dots(svg)[i]!.y, find(svg, y!).y - 4, y);
    }
    const at = (name: string): number => find(svg, name).x;
    near(at("b") - at("a"), at("c") - at("b"));
    assert.ok(find(svg, "r").y < find(svg, "t").y);
  });

  it("are turned round by a reversed axis of numbers, and shares are written in percent", () => {
    const svg = drawPlotly({
      data: [markers([0, 1], [0.5, 0.5])],
      layout: { xaxis: { autorange: "reversed" }, yaxis: { range: [0, 1], tickformat: ".0%" } },
    });
    assert.ok(dots(svg)[0]!.x > dots(svg)[1]!.x);
    assert.ok(find(svg, "20 %").y > find(svg, "100 %").y);
  });

  it("have a unit of the same length on both axes where one is anchored to the other", () => {
    const svg = drawPlotly({
      data: [markers([0, 4], [0, 2])],
      layout: { xaxis: { range: [0, 4] }, yaxis: { range: [0, 2], scaleanchor: "x" } },
    });
    const [from, to] = dots(svg);
    near(to!.x - from!.x, 2 * (from!.y - to!.y));
  });

  it("refuse names on an axis of numbers", () => {
    assert.throws(() => drawPlotly({ data: [markers(["a"], [1])], layout: {} }), /"a" lies on a linear axis/);
    const bar = { type: "bar", x: [1], y: [2] };
    assert.throws(() => drawPlotly({ data: [bar], layout: {} }), /axes of the type "category"/);
  });
});

describe("bars in a still", () => {
  const layout = { xaxis: { type: "category" }, yaxis: { range: [0, 10], dtick: 10 } };
  const bar = (y: readonly number[], color: string, more: object = {}) => ({
    ...{ type: "bar", name: color, x: ["a", "b"], y, marker: { color }, text: y.map(String) },
    ...more,
  });

  it("add up where they are stacked, each on the one before", () => {
    const inside = { textposition: "inside", insidetextfont: { color: "#abcdef" } };
    const svg = drawPlotly({
      data: [bar([4, 1], "#111111", inside), bar([6, 2], "#222222", inside)],
      layout: { ...layout, barmode: "stack" },
    });
    const [below, above] = [rects(svg, "#111111"), rects(svg, "#222222")];
    const [zero, ten] = [find(svg, "0").y - 4, find(svg, "10").y - 4];
    const unit = (zero - ten) / 10;
    for (const i of [0, 1]) near(below[i]!.bottom, zero);
    near(below[0]!.top, zero - 4 * unit);
    near(above[0]!.bottom, below[0]!.top);
    near(above[0]!.top, ten);
    near(above[1]!.top, zero - 3 * unit);
    assert.equal(find(svg, "6").ink, "#abcdef");
    near(find(svg, "6").y - 4, (above[0]!.top + above[0]!.bottom) / 2);
  });

  it("stand side by side around their category's name, with their numbers above them", () => {
    const outside = { textposition: "outside" };
    const svg = drawPlotly({
      data: [bar([4, 1], "#111111", outside), bar([6, 2], "#222222", outside)],
      layout: { ...layout, barmode: "group" },
    });
    const [first, second] = [rects(svg, "#111111")[0]!, rects(svg, "#222222")[0]!];
    assert.ok(first.right < second.left);
    near((first.left + second.right) / 2, find(svg, "a").x);
    near(first.bottom, second.bottom);
    assert.ok(find(svg, "6").y < second.top && find(svg, "6").y > second.top - 8);
  });

  it("begin at zero and have room for what stands above, where no range is given; counts have whole ticks", () => {
    const svg = drawPlotly({
      data: [
        bar([1, 2], "#111111"),
        markers(["a"], [2], { mode: "text", text: ["all"], textposition: "top center" }),
      ],
      layout: { xaxis: { type: "category" }, yaxis: { rangemode: "tozero" }, showlegend: false },
    });
    const [low, high] = rects(svg, "#111111");
    near(low!.bottom - low!.top, (high!.bottom - high!.top) / 2);
    assert.ok(find(svg, "all").y < high!.top);
    assert.ok(!wordsOf(svg).some((words) => words.includes(".")), "no half cases");
  });

  it("go without a number that has no room", () => {
    const svg = drawPlotly({
      data: [bar([100, 1], "#111111", { textposition: "inside" })],
      layout: { xaxis: { type: "category" }, yaxis: { range: [0, 100] } },
    });
    assert.ok(!wordsOf(svg).includes("1"));
  });
});

describe("the cells of a heatmap in a still", () => {
  const trace = {
    ...{ type: "heatmap", x: ["p", "q"], y: ["r", "s"], texttemplate: "%{text}" },
    z: [
      [0, 1],
      [0.5, null],
    ],
    text: [
      ["7<br>0 %", "8<br>100 %"],
      ["9<br>50 %", "0<br>"],
    ],
    colorscale: [
      [0, "#ffffff"],
      [1, "#000064"],
    ],
    ...{ zmin: 0, zmax: 1, colorbar: { title: { text: "share" }, tickformat: ".0%" } },
  };
  const layout = { xaxis: { type: "category" }, yaxis: { type: "category", autorange: "reversed" } };

  it("have the colour of their value, words that are read on it, and a scale", () => {
    const svg = drawPlotly({ data: [trace], layout });
    const fills = elements(svg, "rect").map(({ fill }) => fill);
    assert.ok(
      ["rgb(255,255,255)", "rgb(0,0,100)", "rgb(128,128,178)", "#eeeeee"].every((fill) =>
        fills.includes(fill),
      ),
    );
    assert.deepEqual([find(svg, "7").ink, find(svg, "8").ink], ["#1f2328", "#ffffff"]);
    assert.equal(find(svg, "9").x, find(svg, "7").x);
    assert.ok(find(svg, "50 %").y > find(svg, "9").y);
    assert.ok(find(svg, "share").x > find(svg, "8").x);
    assert.ok(!wordsOf(drawPlotly({ data: [{ ...trace, showscale: false }], layout })).includes("share"));
  });

  it("have colours between the stops of the scale", () => {
    const stops = [[0, "#000000"], [0.5, "#646464"], [1, "#ffffff"]] as const; // prettier-ignore
    const shade = (value: number): string =>
      shadeOf({ type: "heatmap", z: [], x: [], y: [], colorscale: stops, zmin: 10, zmax: 20 }, value).fill;
    assert.deepEqual([10, 12.5, 15, 20, 30].map(shade), [
      "rgb(0,0,0)",
      "rgb(50,50,50)",
      "rgb(100,100,100)",
      "rgb(255,255,255)",
      "rgb(255,255,255)",
    ]);
  });
});

describe("shapes, notes and names in a still", () => {
  it("lie at values and at parts of the area, below the points where they are said to", () => {
    const svg = drawPlotly({
      data: [
        markers([0, 10], [0, 10], { marker: { size: [4, 12], color: ["#aa0000", "#00aa00"], opacity: 0.5 } }),
      ],
      layout: {
        xaxis: { range: [0, 10], tickvals: [] },
        yaxis: { range: [0, 10], tickvals: [] },
        shapes: [
          {
            ...{ type: "rect", xref: "paper", x0: 0, x1: 1, y0: 0, y1: 5, layer: "below" },
            ...{ fillcolor: "#123456", opacity: 0.2, line: { width: 0 } },
          },
          {
            type: "line",
            x0: 5,
            x1: 5,
            yref: "paper",
            y0: 0,
            y1: 1,
            line: { color: "#654321", dash: "dash" },
          },
        ],
        annotations: [
          { xref: "paper", x: 1, xanchor: "left", xshift: 6, y: 10, text: "top", showarrow: false },
          {
            xref: "paper",
            x: 1,
            xanchor: "left",
            xshift: 6,
            y: 9.9,
            text: "a little below",
            showarrow: false,
          },
        ],
      },
    });
    const [low, high] = dots(svg);
    assert.deepEqual([low!.r, high!.r], [2, 6]);
    assert.deepEqual(
      elements(svg, "circle").map(({ fill }) => fill),
      ["#aa0000", "#00aa00"],
    );
    const [band] = rects(svg, "#123456");
    near(band!.left, low!.x);
    near(band!.right, high!.x);
    near(band!.bottom, low!.y);
    near(band!.top, (low!.y + high!.y) / 2);
    const upright = elements(svg, "line").find(({ stroke }) => stroke === "#654321")!;
    near(Number(upright["x1"]), (low!.x + high!.x) / 2);
    near(Number(upright["y2"]), high!.y);
    assert.equal(upright["stroke-dasharray"], "6 4");
    assert.ok(
      svg.indexOf("#123456") < svg.indexOf("<circle") && svg.indexOf("#654321") > svg.indexOf("<circle"),
    );
    assert.ok(find(svg, "top").x >= high!.x + 6);
    assert.ok(find(svg, "a little below").y - find(svg, "top").y >= 14, "they do not lie on each other");
  });

  it("are moved apart no further than they must", () => {
    assert.deepEqual(spread([10, 40, 70], 15), [10, 40, 70]);
    assert.deepEqual(spread([41, 39, 100], 16), [48, 32, 100]);
    assert.deepEqual(spread([], 15), []);
  });

  it("are named in the legend: all traces that have a name, where there are several", () => {
    const line = (name: string, more: object = {}) =>
      markers([0, 1], [0, 1], { mode: "lines+markers", name, ...more });
    const draw = (data: readonly object[], layout: object = {}) =>
      wordsOf(drawPlotly({ data, layout: { ...layout } }));
    assert.ok(draw([line("one"), line("two")]).includes("two"));
    assert.ok(!draw([line("one")]).includes("one"));
    assert.ok(draw([line("one")], { showlegend: true }).includes("one"));
    const some = draw([line("one"), line("two", { showlegend: false })], {
      legend: { title: { text: "who" } },
    });
    assert.deepEqual(
      some.filter((words) => /one|two|who/.test(words)),
      ["who", "one"],
    );
    assert.ok(!draw([line("one"), line("two")], { showlegend: false }).includes("two"));
  });

  it("draw points in the colour of their line, lines dashed, and words at their side", () => {
    const svg = drawPlotly({
      data: [
        markers([0, 1], [0, 1], { mode: "lines+markers", line: { color: "#00ff00", dash: "dot", width: 1 } }),
        markers([0.5], [0.5], { mode: "text", text: ["here"], textposition: "middle right", opacity: 0.5 }),
      ],
      layout: { showlegend: false },
    });
    assert.match(
      svg,
      /<polyline [^>]*stroke="#00ff00" stroke-width="1" stroke-dasharray="3 3"\/><g fill="#00ff00">/,
    );
    assert.match(svg, /<g opacity="0.5"><text [^>]*text-anchor="start">here/);
  });
});

describe("the sheet of a still", () => {
  it("has its title and subtitle in lines that the sheet holds, and no words beyond its edges", async () => {
    const long = "a very long name of a centre with much to tell ".repeat(3).trim();
    const svg = drawPlotly({
      data: ["one", long].map((name) => ({ type: "bar", name, x: [long, "b<br>n = 3"], y: [1, 2] })),
      layout: {
        title: { text: `Title ${long}`, subtitle: { text: `${long}, ${long}` } },
        xaxis: { type: "category", title: { text: long } },
        yaxis: { title: { text: `${long} ${long}` } },
        ...{ showlegend: true, height: 300 },
      },
    });
    const [sheet] = elements(svg, "svg");
    for (const { x, y, words, ...attributes } of elements(svg, "text")) {
      if (attributes["transform"] !== undefined) continue;
      const width = textWidth(words, Number(attributes["font-size"] ?? 12));
      const anchor = attributes["text-anchor"] ?? "start";
      const left = Number(x) - (anchor === "middle" ? width / 2 : anchor === "end" ? width : 0);
      assert.ok(left >= 0 && left + width <= Number(sheet!["width"]), `"${words}" from ${left} by ${width}`);
      assert.ok(Number(y) > 0 && Number(y) < Number(sheet!["height"]), words);
    }
    assert.ok((await svgToPng(svg)).length > 1000);
  });

  it("has names upright where they are many and long", () => {
    const names = Array.from({ length: 40 }, (_, i) => `site number ${i}, far from here<br>n = 1`);
    const svg = drawPlotly({
      data: [{ type: "bar", x: names, y: names.map(() => 1) }],
      layout: { xaxis: { type: "category", categoryarray: names, title: { text: "site" } } },
    });
    const last = elements(svg, "text").find(({ words }) => words === "site number 39, far from here, n = 1")!;
    assert.match(last["transform"]!, /rotate\(-90\)/);
    assert.ok(Number(elements(svg, "svg")[0]!["width"]) < 1500);
  });

  it("escapes words, and breaks them at plotly's breaks", () => {
    const svg = drawPlotly({ data: [markers([0], [0])], layout: { title: { text: "<b> & so<br>on" } } });
    assert.match(svg, />&lt;b&gt; &amp; so<.*>on</);
    assert.deepEqual(linesOf("a<br>b<br/>c"), ["a", "b", "c"]);
    assert.deepEqual(wrapped("one two three", 10, textWidth("one two", 10)), ["one two", "three"]);
    assert.deepEqual(wrapped("", 10, 100), []);
  });
});

describe("what a still does not know", () => {
  const refused = (data: readonly unknown[], layout: Record<string, unknown> = {}): string => {
    try {
      drawPlotly({ data, layout });
    } catch (error) {
      return (error as Error).message;
    }
    return assert.fail("nothing was refused");
  };

  it("is named in one error, all of it, with what to do", () => {
    const message = refused([markers([0], [0], { fill: "tozeroy", mode: "lines+arrows" }), { type: "pie" }], {
      polar: {},
      xaxis: { type: "date", rangeslider: {} },
      shapes: [{ type: "circle", x0: 0, x1: 1, y0: 0, y1: 1 }],
    });
    for (const part of [
      "data[0].fill",
      'data[0].mode "lines+arrows"',
      'data[1].type "pie"',
      "layout.polar",
      'layout.xaxis.type "date"',
      "layout.xaxis.rangeslider",
      'layout.shapes[0].type "circle"',
    ])
      assert.ok(message.includes(part), `${part} in: ${message}`);
    assert.match(message, /are not known\. Known are scatter, bar and heatmap traces/);
  });

  it("is also a value that is none", () => {
    assert.match(refused([markers([NaN], [0])]), /data\[0\]\.x \[null\] is not known/);
    assert.match(refused([{ type: "bar", x: ["a"], y: [-1] }]), /data\[0\]\.y \[-1\]/);
    assert.match(
      refused([markers([1], [1])], { shapes: [{ type: "line", x0: 0, x1: 1, y0: 0 }] }),
      /layout\.shapes\[0\] without y1 is not known/,
    );
    assert.match(refused([{ type: "constructor" }]), /data\[0\]\.type "constructor"/);
    assert.match(refused([markers([1], [1], { line: { color: 'red" onload="' } })]), /line\.color/);
    assert.match(
      refused([markers([1], [1])], { xaxis: { type: "log", dtick: 1 } }),
      /tickvals instead of dtick/,
    );
    assert.match(refused([null]), /data\[0\]\.type "undefined"/);
    assert.match(refused([{ type: "scatter", x: [1], y: [1] }]), /data\[0\] without mode/);
    assert.match(refused([], { shapes: {} }), /layout\.shapes/);
    assert.match(refused([], {}), /no values: give it a range/);
  });
});
