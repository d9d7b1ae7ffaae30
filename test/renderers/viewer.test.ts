import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keyAction } from "../../src/renderers/slices/events.js";
import { reduce } from "../../src/renderers/slices/reducer.js";
import { initialState, type Bounds } from "../../src/renderers/slices/state.js";
import { numberText } from "../../src/protocol/index.js";
import { columnMarker } from "../../src/renderers/grades/model.js";
import { freePlace } from "../../src/protocol/index.js";
import { syntheticGrades } from "../support/displays.js";
import { csvOf } from "../../src/renderers/table/copy.js";
import { cellText, FIRST_STATE, sorted, visibleRows, wholeCount } from "../../src/renderers/table/model.js";

const bounds: Bounds = {
  columns: 100,
  rows: 200,
  slices: 9,
  spacing: [1, 0.5],
  heatLayers: 2,
  window: { centre: 500, width: 1000 },
  initialSlice: 4,
};
const start = initialState(bounds, true);
const key = (name: string, shiftKey = false) =>
  keyAction({ key: name, shiftKey, ctrlKey: false, altKey: false, metaKey: false });

describe("slice viewer", () => {
  it("stays within its slices, and tells when nothing changed", () => {
    assert.equal(reduce(start, { type: "scroll", by: 100 }, bounds).slice, 8);
    assert.equal(reduce(start, { type: "goTo", slice: -3 }, bounds).slice, 0);
    const last = reduce(start, { type: "goTo", slice: 8 }, bounds);
    assert.equal(reduce(last, { type: "scroll", by: 1 }, bounds), last);
  });

  it("changes window, zoom and pan, and resets them", () => {
    let state = reduce(start, { type: "window", centreBy: 0.1, widthBy: -0.5 }, bounds);
    assert.ok(state.window.centre > 500 && state.window.width < 1000);
    state = reduce(state, { type: "zoom", factor: 100, at: [0.2, 0] }, bounds);
    assert.ok(state.zoom > 1 && state.zoom < 100);
    state = reduce(state, { type: "pan", by: [50, 50] }, bounds);
    assert.ok(state.pan[0] <= state.zoom, "the picture stays in view");
    state = reduce(state, { type: "resetView" }, bounds);
    assert.deepEqual([state.window, state.zoom, state.pan], [start.window, 1, [0, 0]]);
  });

  it("never makes a window of no width", () => {
    let state = start;
    for (let i = 0; i < 50; i++)
      state = reduce(state, { type: "window", centreBy: 0, widthBy: -0.5 }, bounds);
    assert.ok(state.window.width > 0);
  });

  it("switches heat layers off and on", () => {
    const off = reduce(start, { type: "heat", index: -1 }, bounds);
    assert.equal(off.heatShown, false);
    assert.deepEqual(
      [
        reduce(off, { type: "heat", index: 1 }, bounds).heat,
        reduce(off, { type: "heat", index: 1 }, bounds).heatShown,
      ],
      [1, true],
    );
    assert.equal(reduce(start, { type: "toggleHeat" }, { ...bounds, heatLayers: 0 }), start);
  });

  it("gives keys their actions and leaves the notebook's own keys alone", () => {
    assert.deepEqual(key("ArrowDown"), { type: "scroll", by: 1 });
    assert.equal(key("ArrowDown", true)?.type, "window");
    assert.deepEqual(key("H"), { type: "toggleHeat" });
    assert.equal(key("Enter"), undefined);
    assert.equal(
      keyAction({ key: "r", shiftKey: false, ctrlKey: true, altKey: false, metaKey: false }),
      undefined,
    );
  });
});

describe("marks in pictures and tables", () => {
  it("letters give way to levels' names", () => {
    const name = { left: 0, right: 60, top: 90, bottom: 110 };
    assert.deepEqual(freePlace([14, 100], "y", []), [14, 100]);
    assert.deepEqual(freePlace([14, 100], "y", [name]), [14, 136]);
    assert.deepEqual(freePlace([14, 100], "y", [name, { ...name, top: 120, bottom: 150 }]), [14, 64]);
    assert.deepEqual(freePlace([100, 14], "x", [{ left: 80, right: 120, top: 0, bottom: 30 }]), [136, 14]);
  });

  it("what stands in every cell of a column stands in its head", () => {
    const payload = syntheticGrades(false);
    const trained = (of: (disc: number) => "clinical" | "synthetic") => ({
      ...payload,
      discs: payload.discs.map((disc, i) => ({
        ...disc,
        grades: disc.grades.map((grade) => ({ ...grade, trainedOn: of(i) })),
      })),
    });
    const { key } = payload.features[0]!;
    assert.notEqual(
      columnMarker(
        trained(() => "synthetic"),
        key,
      ),
      "",
    );
    assert.equal(
      columnMarker(
        trained(() => "clinical"),
        key,
      ),
      "",
    );
    assert.equal(
      columnMarker(
        trained((i) => (i === 0 ? "clinical" : "synthetic")),
        key,
      ),
      "",
    );
  });
});

describe("table", () => {
  const table = {
    schema: { fields: [{ name: "level" }, { name: "grade", type: "number" }] },
    data: Array.from({ length: 250 }, (_, i) => ({ level: `L${i % 5}`, grade: (i * 37) % 101 })),
  };

  it("sorts numbers as numbers, up, down, and back to the data's order", () => {
    const grades = (state: typeof FIRST_STATE): unknown[] =>
      visibleRows(table, state).rows.map(({ grade }) => grade);
    const up = sorted(FIRST_STATE, 1);
    assert.deepEqual(grades(up).slice(0, 3), [0, 0, 0]);
    const down = sorted(up, 1);
    assert.equal(grades(down)[0], 100);
    assert.deepEqual(grades(sorted(down, 1)), grades(FIRST_STATE));
  });

  it("sorts text by the numbers in it, as people count levels and visits, in both directions", () => {
    const texts = ["visit 10", "visit 9", "visit 1", "L2", "L10", "l1"];
    const one = { schema: { fields: [{ name: "text" }] }, data: texts.map((text) => ({ text })) };
    const shown = (descending: boolean) =>
      visibleRows(one, { ...FIRST_STATE, sortBy: 0, descending }).rows.map(({ text }) => text);
    const ascending = ["l1", "L2", "L10", "visit 1", "visit 9", "visit 10"];
    assert.deepEqual(shown(false), ascending);
    assert.deepEqual(shown(true), ascending.toReversed());
  });

  it("filters and pages", () => {
    const { total, pages } = visibleRows(table, FIRST_STATE);
    assert.deepEqual([total, pages], [250, 3]);
    assert.equal(visibleRows(table, { ...FIRST_STATE, filter: "l3" }).total, 50);
    assert.equal(visibleRows(table, { ...FIRST_STATE, filter: "nothing" }).total, 0);
  });

  it("writes numbers so that none becomes 0 or looks whole that is not", () => {
    const texts = [
      [0, "0"],
      [3e-5, "0.00003"],
      [1e-9, "1e-9"],
      [-1.23456e-12, "-1.235e-12"],
      [0.123456, "0.1235"],
      [0.99999, "0.99999"],
      [1.000001, "1.000001"],
      [0.1 + 0.2, "0.3"],
      [3.0000000000000004, "3"],
      [2.123456789, "2.1235"],
      [1234567.891011, "1234567.891"],
      [123456789012345.25, "123456789012345.25"],
      [20240131, "20240131"],
      [1e21, "1e+21"],
      [5e-324, "5e-324"],
    ] as const;
    for (const [value, text] of texts) assert.equal(numberText(value), text);
  });

  it("sorts big integers and what is no number, which comes last in both directions", () => {
    const field = { name: "n", type: "number" };
    const data = ["NaN", 3, "INF", null, "12345678901234567891", "12345678901234567890", "-INF", 1e-9].map(
      (n) => ({ n }),
    );
    const one = { schema: { fields: [field] }, data };
    const values = (descending: boolean) =>
      visibleRows(one, { ...FIRST_STATE, sortBy: 0, descending }).rows.map(({ n }) => cellText(n, field));
    const order = ["-Infinity", "1e-9", "3", "12345678901234567890", "12345678901234567891", "Infinity"];
    assert.deepEqual(values(false), [...order, "NaN", ""]);
    assert.deepEqual(values(true), [...order.toReversed(), "NaN", ""]);
    assert.equal(cellText("NaN", { name: "text", type: "string" }), "NaN");
  });

  it("is saved with all digits, quoted, and with no formulas", () => {
    const fields = [{ name: "a" }, { name: "b", type: "number" }];
    const rows = [
      { a: 'x, "y"', b: 1 / 3 },
      { a: "=1+1", b: 1e-9 },
      { a: "-5.25", b: null },
    ];
    assert.equal(csvOf(fields, rows), 'a,b\r\n"x, ""y""",0.3333333333333333\r\n\'=1+1,1e-9\r\n-5.25,\r\n');
  });

  it("knows of how many rows it is the beginning", () => {
    const part = { ...table, total: 100_000, title: "Volumes" };
    assert.equal(wholeCount(part), 100_000);
    assert.equal(wholeCount({ ...table, title: "The first 250 of 900 rows" }), 900);
    assert.equal(wholeCount({ ...table, total: 250 }), undefined);
  });
});
