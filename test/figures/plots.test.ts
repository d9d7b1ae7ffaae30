import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { decode } from "fast-png";
import { confusionMatrix } from "../../src/figures/confusionMatrix.js";
import { agreementRows, perGradeTable } from "../../src/figures/agreementTables.js";
import { blandAltman } from "../../src/figures/blandAltman.js";
import { distributionPlot } from "../../src/figures/distributionPlot.js";
import { differencesFigure, jupyterDisplay, type Displayable } from "../../src/figures/index.js";
import { curvePlot, gradeHistogram, scatterPlot } from "../../src/figures/plots.js";
import { PLOTLY_MIME, TABLE_MIME } from "../../src/protocol/index.js";

interface Plotly {
  readonly data: readonly {
    readonly type: string;
    readonly name?: string;
    readonly x: readonly unknown[];
    readonly y: readonly number[];
    readonly text?: readonly string[];
  }[];
  readonly layout: Readonly<Record<string, unknown>>;
}

/** The forms of a plot; its still is a PNG of at least this size on a screen of double density. */
async function shown(plot: Displayable): Promise<{ readonly plotly: Plotly; readonly text: string }> {
  const bundle = await plot[jupyterDisplay]();
  const still = decode(Buffer.from(bundle["image/png"] as string, "base64"));
  assert.ok(still.width >= 600 && still.height >= 500, `${still.width} x ${still.height}`);
  const different = new Set<number>();
  for (let i = 0; i < still.data.length; i += still.channels) different.add(still.data[i]!);
  assert.ok(different.size > 5, "something is drawn");
  const plotly = bundle[PLOTLY_MIME] as Plotly;
  // The renderer's bundle draws these.
  assert.ok(plotly.data.every(({ type }) => ["scatter", "bar", "heatmap"].includes(type)));
  // It survives a notebook's file: no NaN, nothing undefined.
  assert.deepEqual(JSON.parse(JSON.stringify(plotly)), plotly);
  return { plotly, text: String(bundle["text/plain"]) };
}

const reference = [1, 2, 2, 3, 3, 3, 4, 4, 5, 5];
const predicted = [1, 2, 3, 3, 3, 4, 4, 4, 5, 4];
const classes = [1, 2, 3, 4, 5];

describe("scatter plots", () => {
  it("move points by a tenth of a grade at most, the same way each time", async () => {
    const plot = scatterPlot(reference, predicted, { classes, title: "Reader" });
    assert.equal(plot.points.length, 10);
    for (const [i, [x, y]] of plot.points.entries()) {
      assert.ok(Math.abs(x - reference[i]!) <= 0.1 && Math.abs(y - predicted[i]!) <= 0.1);
      assert.ok(x !== reference[i]);
    }
    assert.deepEqual(scatterPlot(reference, predicted).points, plot.points);
    assert.notDeepEqual(scatterPlot(reference, predicted, { seed: 2 }).points, plot.points);
    assert.deepEqual(scatterPlot([2], [3], { jitter: 0 }).points, [[2, 3]]);
    const { plotly, text } = await shown(plot);
    assert.deepEqual(plotly.data[0]!.x, plotly.data[0]!.y, "the line of identity");
    assert.match(
      text,
      /^Reader\nn = 10, r 0\.9\d+, CCC 0\.\d+, MAE 0\.300, off by more than one grade 0\.0 %$/,
    );
  });

  it("take numbers from the grades, not from the moved points", () => {
    const plot = scatterPlot([1, 2, 3, 4], [1, 2, 3, 2], { jitter: 0.4 });
    assert.equal(plot.meanAbsoluteError, 0.5);
    assert.equal(plot.offByMoreThanOne, 0.25);
  });

  it("draw a sample of many cases and say so", async () => {
    const many = Array.from({ length: 12_000 }, (_, i) => 1 + (i % 5));
    const plot = scatterPlot(many, many);
    assert.equal(plot.points.length, 5000);
    assert.equal(plot.cases, 12_000);
    // Each grade is a fifth of the sample, as of the cases.
    for (const grade of classes) {
      const share = plot.points.filter(([x]) => Math.round(x) === grade).length / 5000;
      assert.ok(Math.abs(share - 0.2) < 0.03, `${grade}: ${share}`);
    }
    assert.match((await shown(plot)).text, /5000 of 12000 points are drawn/);
  });

  it("refuse what cannot be drawn", () => {
    assert.throws(() => scatterPlot([], []), /empty/);
    assert.throws(() => scatterPlot([1], [1, 2]), /same cases/);
    assert.throws(() => scatterPlot([1, 2], [1, NaN]), /leave out cases/);
    assert.throws(() => scatterPlot([1], [1], { jitter: -1 }), /jitter is -1/);
  });
});

describe("histograms of grades", () => {
  it("count each reader side by side, with the counts on the bars", async () => {
    const plot = gradeHistogram({ Radiologist: reference, Model: predicted }, { classes });
    assert.deepEqual(plot.counts, { Radiologist: [1, 2, 3, 2, 2], Model: [1, 1, 3, 4, 1] });
    const { plotly, text } = await shown(plot);
    assert.equal(plotly.layout.barmode, "group");
    assert.deepEqual(plotly.data[1]!.text, ["1", "1", "3", "4", "1"]);
    assert.match(text, /grade\s+Radiologist\s+Model\n1\s+1\s+1\n/);
  });

  it("stack parts, with their sum above", async () => {
    const plot = gradeHistogram({ first: [1, 1, 3], more: [3, 3] }, { classes: [1, 2, 3], stacked: true });
    const { plotly } = await shown(plot);
    assert.equal(plotly.layout.barmode, "stack");
    assert.deepEqual(plotly.data[2]!.text, ["2", "0", "3"]);
  });

  it("refuse what cannot be counted", () => {
    assert.throws(() => gradeHistogram({}), /nothing to count/);
    assert.throws(() => gradeHistogram({ Model: [] }), /Model has no grades/);
    assert.throws(() => gradeHistogram({ Model: [6] }, { classes }), /class 6/);
    const eight = Object.fromEntries(classes.concat(6, 7, 8).map((name) => [`reader ${name}`, [1]]));
    assert.throws(() => gradeHistogram(eight), /8 readers/);
  });
});

describe("tables of agreement", () => {
  it("have the golden values, grade by grade", () => {
    const { rows } = perGradeTable(reference, predicted, classes);
    const third = rows[2]!;
    // Grade 3: 2 of 3 found, 2 of 3 predicted are right.
    assert.deepEqual([third.grade, third.cases], [3, 3]);
    for (const value of [third.precision, third.sensitivity, third.f1])
      assert.ok(Math.abs(value - 2 / 3) < 1e-12);
    assert.equal(third.jaccard, 0.5);
  });

  it("leave cells empty where there is nothing to divide by", () => {
    const table = perGradeTable([1, 1], [1, 1], [1, 2]);
    assert.ok(Number.isNaN(table.rows[1]!.precision));
    const bundle = table[jupyterDisplay]();
    const { data } = bundle[TABLE_MIME] as { data: Record<string, unknown>[] };
    assert.deepEqual(data[1], {
      grade: 2,
      cases: 0,
      precision: null,
      sensitivity: null,
      "F1 score": null,
      "Jaccard similarity": null,
    });
    assert.ok(!String(bundle["text/html"]).includes("NaN"));
    assert.ok(!String(bundle["text/plain"]).includes("NaN"));
  });

  it("have a row for each pair, with Niemeyer's columns", () => {
    const table = agreementRows(
      {
        "Reader, repeated": { reference, predicted: reference },
        Model: {
          reference,
          predicted,
          fractional: { reference, predicted: predicted.map((grade) => grade - 0.3) },
        },
      },
      { classes },
    );
    const [repeated, model] = table.rows;
    assert.deepEqual([repeated!.name, repeated!.cases, repeated!.kappa, repeated!.accuracy], ["Reader, repeated", 10, 1, 1]); // prettier-ignore
    assert.ok(Math.abs(model!.kappa - 0.772727) < 1e-6);
    assert.ok(Math.abs(model!.matthews - 0.640513) < 1e-6);
    // Of the fractional grades: seven are 0.3 too low, two 0.7 too high, one 1.3 too low.
    assert.ok(Math.abs(model!.meanAbsoluteError - (7 * 0.3 + 2 * 0.7 + 1.3) / 10) < 1e-12);
    const bundle = table[jupyterDisplay]();
    const { schema } = bundle[TABLE_MIME] as { schema: { fields: { name: string }[] } };
    assert.equal(schema.fields.length, 13);
    assert.match(String(bundle["text/plain"]), /readings\s+cases\s+κ \(linear\)[\s\S]*Model\s+10\s+0\.7727/);
  });

  it("say which pair cannot be compared", () => {
    assert.throws(() => agreementRows({}, { classes }), /nothing to compare/);
    assert.throws(
      () => agreementRows({ B: { reference: [], predicted: [] } }, { classes }),
      /^RangeError: B: .*empty/,
    );
    assert.throws(
      () => agreementRows({ B: { reference: [1], predicted: [9] } }, { classes }),
      /^RangeError: B: .*9/,
    );
  });
});

describe("curves", () => {
  it("are sorted, on a logarithmic axis labelled where they were measured", async () => {
    const plot = curvePlot(
      [
        { name: "linear κ", points: [[800, 0.9], [200, 0.7], [400, 0.8]] }, // prettier-ignore
        { name: "F1 of grade 1", points: [[200, 0.3], [800, 0.6]] }, // prettier-ignore
      ],
      { logX: true, xTitle: "discs" },
    );
    assert.deepEqual(
      plot.curves[0]!.points.map(([x]) => x),
      [200, 400, 800],
    );
    const { plotly, text } = await shown(plot);
    const axis = plotly.layout.xaxis as { type: string; tickvals: number[]; range: number[] };
    assert.equal(axis.type, "log");
    assert.deepEqual(axis.tickvals, [200, 400, 800]);
    assert.ok(axis.range[0]! < Math.log10(200) && axis.range[1]! > Math.log10(800));
    assert.match(text, /discs\s+linear κ\s+F1 of grade 1\n200\s+0\.7\s+0\.3\n400\s+0\.8\s+–/);
  });

  it("draw a single point, and refuse what has none", async () => {
    await shown(curvePlot([{ name: "a", points: [[5, 1]] }]));
    assert.throws(() => curvePlot([]), /1 to 7 curves/);
    assert.throws(() => curvePlot([{ name: "a", points: [] }]), /"a" has no points/);
    assert.throws(() => curvePlot([{ name: "a", points: [[1, NaN]] }]), /not a number/);
    assert.throws(() => curvePlot([{ name: "a", points: [[0, 1]] }], { logX: true }), /logarithmic/);
  });
});

describe("Bland-Altman plots", () => {
  it("show bias and limits, and put cases of one place together", async () => {
    const plot = blandAltman([2, 3, 4, 2, 3.3], [2, 3, 3, 2, 3], { names: ["A", "B"] });
    assert.ok(Math.abs(plot.bias.value - 0.26) < 1e-12);
    assert.deepEqual(
      plot.points.find(({ mean }) => mean === 2)!,
      { mean: 2, difference: 0, count: 2 },
    );
    assert.equal(plot.points.length, 4);
    // Differences are a − b, as the axis says.
    assert.equal(plot.points.find(({ mean }) => mean === 3.5)!.difference, 1);
    assert.equal(blandAltman([1, 2], [3, 2]).points[0]!.difference, -2);
    const { plotly, text } = await shown(plot);
    assert.deepEqual((plotly.layout.yaxis as { title: { text: string } }).title.text, "A − B");
    assert.deepEqual(
      (plotly.layout.annotations as { y: number }[]).map(({ y }) => y),
      [plot.bias.value, plot.upper.value, plot.lower.value],
    );
    assert.match(text, /n = 5, bias 0\.26, SD 0\.43[\s\S]*\+1\.96 SD\s+1\.\d+\s+0\.\d+ to 2\.\d+/);
  });

  it("have larger differences higher up in the still, and larger means further right", () => {
    const points = [-1, 0, 2].map((difference) => ({ mean: 3 + difference / 2, difference, count: 1 }));
    const { svg } = differencesFigure({
      ...{ points, lines: [], title: "", subtitle: "" },
      ...{ xTitle: "mean", yTitle: "difference" },
    });
    const [low, none, high] = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(
      ([, x, y]) => [Number(x), Number(y)] as const,
    );
    assert.ok(low![1] > none![1] && none![1] > high![1], svg);
    assert.ok(low![0] < none![0] && none![0] < high![0], svg);
    // Steps of 1 and 2 grades.
    assert.ok(Math.abs((none![1] - high![1]) / (low![1] - none![1]) - 2) < 0.02);
  });

  it("show what is known of one case, and of equal differences", async () => {
    const one = await shown(blandAltman([3], [2]));
    assert.match(one.text, /limits need two cases/);
    assert.equal((one.plotly.layout.annotations as unknown[]).length, 1);
    const same = await shown(blandAltman([3, 4], [3, 4]));
    assert.match(same.text, /95 % limits of agreement 0\.00 to 0\.00/);
    assert.throws(() => blandAltman([], []), /empty/);
  });
});

describe("distributions", () => {
  const rows = [
    { level: "L5-S1", age: 81, sex: "M", pfirrmann: 4 },
    { level: "T12-L1", age: 23, sex: "F", pfirrmann: 1n },
    { level: "L4-L5", age: 45, sex: null, pfirrmann: 3 },
    { level: "L1-L2", age: 46, sex: "F", pfirrmann: null },
    { level: "L4-L5", age: 101, sex: "F", pfirrmann: 5 },
  ];
  const names = (plot: { groups: readonly { name: string }[] }): string[] =>
    plot.groups.map(({ name }) => name);

  it("go by level from above down, with counts, and say what was left out", async () => {
    const plot = distributionPlot(rows, { value: "pfirrmann", by: "level", classes });
    assert.deepEqual(names(plot), ["T12-L1", "L4-L5", "L5-S1"]);
    assert.deepEqual(plot.groups[1]!, { name: "L4-L5", cases: 2, counts: [0, 0, 1, 0, 1] });
    assert.equal(plot.leftOut, 1);
    const { plotly, text } = await shown(plot);
    assert.deepEqual(plotly.data[2]!.y, [0, 0.5, 0]);
    assert.deepEqual(plotly.data[2]!.x, ["T12-L1<br>n = 1", "L4-L5<br>n = 2", "L5-S1<br>n = 1"]);
    assert.match(text, /n = 4; 1 without a value left out\nlevel[\s\S]*L4-L5.*1 \(50 %\)/);
  });

  it("go by level also with transitional vertebrae", () => {
    const levels = ["L6-S1", "L5-L6", "L4-L5", "T11-T12", "T12-L1", "S1-S2", "L5-S1"];
    const plot = distributionPlot(
      levels.map((level) => ({ level, grade: 1 })),
      { value: "grade", by: "level" },
    );
    const order = names(plot);
    assert.deepEqual(order.slice(0, 3), ["T11-T12", "T12-L1", "L4-L5"]);
    assert.deepEqual(order.slice(-2), ["L6-S1", "S1-S2"]);
  });

  it("go by sex with the unknown last, and by age groups ascending", () => {
    assert.deepEqual(names(distributionPlot(rows, { value: "pfirrmann", by: "sex" })), ["F", "M", "unknown"]);
    const grouped = distributionPlot(rows, {
      value: ({ pfirrmann }) => pfirrmann,
      by: ({ age }) => (age < 40 ? "<40" : age < 60 ? "40–59" : age > 100 ? "≥100" : "60–99"),
    });
    assert.deepEqual(names(grouped), ["<40", "40–59", "60–99", "≥100"]);
    assert.deepEqual(names(distributionPlot(rows, { value: "pfirrmann", by: "age" })), [
      "23",
      "45",
      "81",
      "101",
    ]);
  });

  it("put many ages into equal steps", () => {
    const people = Array.from({ length: 70 }, (_, i) => ({ age: 20 + i + 0.5, grade: 1 + (i % 5) }));
    const plot = distributionPlot(people, { value: "grade", by: "age" });
    assert.deepEqual(names(plot).slice(0, 2), ["20–29", "30–39"]);
    assert.equal(plot.groups.length, 7);
    assert.ok(plot.groups.every(({ cases }) => cases === 10));
    const fine = people.map(({ age, grade }) => ({ share: age / 100, grade }));
    assert.equal(names(distributionPlot(fine, { value: "grade", by: "share" }))[0], "0.2 to 0.3");
  });

  it("put a value at the edge of a step into the step that begins there", () => {
    const edges = Array.from({ length: 23 }, (_, i) => ({ share: i / 10, grade: 3 }));
    const { groups } = distributionPlot(edges, { value: "grade", by: "share" });
    assert.deepEqual(
      groups.map(({ cases }) => cases),
      [...Array<number>(11).fill(2), 1],
    );
  });

  it("refuse what cannot be drawn, in sentences", () => {
    const draw = (list: object[], value = "grade", by = "level") => distributionPlot(list, { value, by });
    assert.throws(() => draw([]), /no rows/);
    assert.throws(() => draw(rows, "grades"), /No row has a column "grades"; there are level, age/);
    assert.throws(() => draw(rows, "pfirrmann", "levels"), /No row has a column "levels"/);
    assert.throws(() => draw([{ grade: null, level: "L4-L5" }]), /None of the 1 rows/);
    assert.throws(() => draw([{ grade: "3", level: "L4-L5" }]), /not a number/);
    assert.throws(() => draw([{ grade: 1, level: {} }]), /neither text nor a number/);
    const scores = Array.from({ length: 30 }, (_, i) => ({ grade: i / 7, level: `${i}` }));
    assert.throws(() => draw(scores), /30 different values: round them/);
    const many = Array.from({ length: 50 }, (_, i) => ({ grade: 1, level: `name ${i}` }));
    assert.throws(() => draw(many), /50 groups/);
    assert.throws(
      () => distributionPlot(rows, { value: "pfirrmann", by: "sex", classes: [1, 2] }),
      /class [45], which is not among/,
    );
  });
});

describe("a confusion matrix", () => {
  it("says of labels that are no grades which one it is, and what to do", () => {
    const texts = ["mild", "severe"] as unknown as number[];
    assert.throws(
      () => confusionMatrix([1, 2], texts),
      /number 1 of the predicted is the text "mild"\. Give each label a number/,
    );
    assert.throws(
      () => confusionMatrix([1, 2], [1, null as unknown as number]),
      /number 2 of the predicted is null/,
    );
    assert.throws(
      () => confusionMatrix("12" as unknown as number[], [1, 2]),
      /list of grades as its reference, not string/,
    );
    assert.doesNotThrow(() => confusionMatrix([1, 2], [1, 2]));
  });
});
