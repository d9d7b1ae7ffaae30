/** How a column's values are spread, and which columns are shown. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ALL_COLUMNS, shownColumns, toggleHidden, togglePinned } from "../../src/renderers/table/columns.js";
import { columnSummary, MOST_BARS } from "../../src/renderers/table/summary.js";

const summary = (values: readonly unknown[], type: string) =>
  columnSummary(
    values.map((value) => ({ a: value })),
    { name: "a", type },
  );

describe("a column's summary", () => {
  it("gives each of few whole numbers a bar, those that do not occur too", () => {
    assert.deepEqual(summary([1, 5, 5, 2, null, ""], "integer"), {
      missing: 2,
      bars: [1, 1, 0, 0, 2].map((count, i) => ({ count, what: String(i + 1) })),
      range: "1 to 5",
    });
  });

  it("gives other numbers equal ranges, the highest value in the last", () => {
    const { bars, range, missing } = summary(
      Array.from({ length: 25 }, (_, i) => i / 10),
      "number",
    );
    assert.equal(bars.length, MOST_BARS);
    assert.equal(
      bars.reduce((sum, { count }) => sum + count, 0),
      25,
    );
    assert.equal(bars.at(-1)!.count, 3);
    assert.deepEqual([range, missing, bars[0]!.what], ["0 to 2.4", 0, "0 to 0.2"]);
  });

  it("counts words by how often they occur, and tells only how many there are of ids", () => {
    const few = summary(["L4-L5", "L5-S1", "L5-S1", undefined], "string");
    assert.deepEqual(few, {
      missing: 1,
      bars: [
        { count: 2, what: "L5-S1" },
        { count: 1, what: "L4-L5" },
      ],
      range: "2 values",
    });
    assert.deepEqual(summary(["a", "b", "c"], "string").bars, []);
    assert.deepEqual(
      summary(
        Array.from({ length: 40 }, (_, i) => `study-${i % 20}`),
        "string",
      ),
      {
        missing: 0,
        bars: [],
        range: "20 values",
      },
    );
  });

  it("takes no number for missing, the infinite for no range, and one value for no spread", () => {
    assert.deepEqual(summary(["NaN", "INF", 2, 4, "-INF"], "number").range, "2 to 4");
    assert.equal(summary(["NaN", "INF", 2, 4], "number").missing, 1);
    assert.deepEqual(summary([3, 3, 3], "integer"), { missing: 0, bars: [], range: "3" });
    assert.deepEqual(summary([null, undefined], "number"), { missing: 2, bars: [], range: "" });
    assert.deepEqual(summary(["9007199254740993", 1], "integer").range, "1 to 9007199254740992");
  });
});

describe("the columns of a table", () => {
  it("are shown pinned ones first, hidden ones not, and one at least", () => {
    const pinned = togglePinned(togglePinned(ALL_COLUMNS, 2), 1);
    assert.deepEqual(shownColumns(4, pinned), [2, 1, 0, 3]);
    const hidden = toggleHidden(toggleHidden(pinned, 1, 4), 0, 4);
    assert.deepEqual(shownColumns(4, hidden), [2, 3]);
    assert.deepEqual(shownColumns(4, toggleHidden(hidden, 1, 4)), [2, 1, 3]);
    assert.deepEqual(shownColumns(1, toggleHidden(ALL_COLUMNS, 0, 1)), [0]);
    assert.deepEqual(shownColumns(4, togglePinned(pinned, 2)), [1, 0, 2, 3]);
  });
});
