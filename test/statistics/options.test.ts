import assert from "node:assert/strict";
import { test } from "node:test";
import * as api from "../../src/api/index.js";
import {
  agreementIntervals,
  agreementTable,
  bayesianBootstrap,
  expectedCalibrationError,
  nearestName,
} from "../../src/statistics/index.js";

const [a, b, groups] = [
  [1, 2, 3, 3],
  [1, 2, 3, 2],
  ["p", "q", "r", "s"],
];
const classes = [1, 2, 3];
/** Options that the types refuse as well. */
const given = (options: object): never => options as never;

test("an interval says its level, and takes the one that is asked for", () => {
  const usual = agreementIntervals(a, b, classes, groups, { draws: 500 });
  assert.deepEqual([usual.kappa.mass, usual.pearson.mass], [0.9973, 0.9973]);
  const narrower = agreementIntervals(a, b, classes, groups, { draws: 500, mass: 0.5 });
  assert.equal(narrower.accuracy.mass, 0.5);
  assert.ok(narrower.accuracy.high - narrower.accuracy.low < usual.accuracy.high - usual.accuracy.low);
  // @ts-expect-error an option that is not there is refused by the types too
  assert.throws(() => agreementIntervals(a, b, classes, groups, { confidence: 0.95 }), {
    name: "RangeError",
    message:
      'agreementIntervals has no option "confidence"; did you mean "mass"? Its options are draws, mass, seed, fractional.',
  });
});

test("every function that takes options refuses what it does not know, and names the nearest", async () => {
  const calls: [string, string, () => unknown][] = [
    ["bayesianBootstrap", "draw", () => bayesianBootstrap(groups, () => 1, given({ draw: 5 }))],
    ["agreementTable", "weight", () => agreementTable(a, b, classes, given({ weight: [1] }))],
    ["expectedCalibrationError", "bin", () => expectedCalibrationError([1], [1], given({ bin: 5 }))],
    ["confusionMatrix", "class", () => api.confusionMatrix(a, b, given({ class: classes }))],
    ["agreementRows", "classe", () => api.agreementRows({}, given({ classe: classes }))],
    ["blandAltman", "titel", () => api.blandAltman(a, b, given({ titel: "x" }))],
    ["distributionPlot", "valu", () => api.distributionPlot([{ a: 1 }], given({ valu: "a" }))],
    ["scatterPlot", "jiter", () => api.scatterPlot(a, b, given({ jiter: 0 }))],
    ["gradeHistogram", "stack", () => api.gradeHistogram({ a }, given({ stack: true }))],
    ["curvePlot", "logx", () => api.curvePlot([], given({ logx: true }))],
    ["montage", "column", () => api.montage([], given({ column: 3 }))],
    ["reliability", "bin", () => api.reliability([1], [1], given({ bin: 3 }))],
    ["grade", "T1", () => api.grade("x", given({ T1: true }))],
    ["hotspots", "methods", () => api.hotspots("x", given({ methods: "x" }))],
    ["loadSeries", "spacings", () => api.loadSeries("x", given({ spacings: 1 }))],
    ["openCohort", "gathers", () => api.openCohort(":memory:", given({ gathers: "x" }))],
    ["gradeCohort", "worker", () => api.gradeCohort("x", "y", given({ worker: 1 }))],
    ["watchBatch", "onstate", () => api.watchBatch("x", given({ onstate: 1 }))],
    ["rate", "readers", () => api.rate([], given({ readers: "x" }))],
    ["adjudicate", "rater", () => api.adjudicate([], given({ rater: ["x"] }))],
    ["reviewPseudoLabels", "treshold", () => api.reviewPseudoLabels([], given({ treshold: 1 }))],
    ["checklist", "answer", () => api.checklist("CLAIM", given({ answer: {} }))],
    ["patientReport", "prevous", () => api.patientReport("x", given({ prevous: "y" }))],
    ["importCsv", "data", () => api.importCsv("x", {}, given({ data: "y" }))],
  ];
  await Promise.all(
    calls.map(([name, wrong, call]) =>
      assert.rejects(
        () => Promise.resolve().then(call),
        (thrown: unknown) => {
          assert.ok(thrown instanceof RangeError, `${name}: ${String(thrown)}`);
          assert.ok(
            thrown.message.startsWith(`${name} has no option "${wrong}"; did you mean "`),
            thrown.message,
          );
          return true;
        },
      ),
    ),
  );
});

test("options that are no object are refused, and names of the language are no options", () => {
  assert.throws(() => agreementTable(a, b, classes, given([1, 1, 1, 1])), /takes its options as an object/);
  assert.throws(
    () => api.confusionMatrix(a, b, JSON.parse('{"__proto__":1}') as object),
    /no option "__proto__"/,
  );
  assert.throws(() => api.confusionMatrix(a, b, given({ constructor: 1 })), /no option "constructor"/);
  assert.equal(nearestName("sead", ["draws", "mass", "seed"]), "seed");
});
