import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PLOT, RanNotebook, SLICES } from "./support.js";

describe("jamaludin-2017.ipynb", () => {
  let ran: RanNotebook;
  const number = (value: string | number | undefined): number => {
    assert.equal(typeof value, "number", `${String(value)} is no number`);
    return value as number;
  };

  it("runs to the end", () => {
    ran = new RanNotebook("jamaludin-2017");
  });

  it("Table 2 stands beside Genodisc's counts", () => {
    const rows = ran.rows("table-2");
    const printed = [
      ...[3862, 1754, 2800, 2415, 1163],
      ...[7186, 1375, 2185, 1243],
      ...[11515, 469, 11271, 710, 10952, 1034, 10927, 1056, 10077, 1815, 10069, 1824],
    ];
    assert.deepEqual(
      rows.map((row) => row["Genodisc (paper)"]),
      printed,
    );
    // Phantoms are drawn to be as ill as Genodisc's patients.
    for (const row of rows)
      assert.ok(
        Math.abs(number(row["phantoms %"]) - number(row["Genodisc % (paper)"])) < 8,
        JSON.stringify(row),
      );
  });

  it("Table 3 stands beside the paper's four columns", () => {
    const rows = ran.rows("table-3");
    const printed = [
      [70.4, 70.1, 0.91, 0.88],
      [72.4, 75.4, 0.89, 0.89],
      [89.6, 95.4, 0.79, 0.59],
      [79.7, 94.7, 0.61, 0.52],
      [80.7, 86.7, 0.65, 0.49],
      [83.3, 88.3, 0.69, 0.55],
      [92.5, 89.7, 0.86, 0.63],
      [91.4, 89.1, 0.83, 0.62],
    ];
    const columns = ["intra-rater %", "system %", "intra-rater coefficient", "system coefficient"];
    assert.deepEqual(
      rows.slice(0, 8).map((row) => columns.map((column) => row[`${column} (paper)`])),
      printed,
    );
    // The simulated radiologist agrees with himself as the paper's does; few discs are abnormal in some rows.
    rows.slice(0, 8).forEach((row, i) => {
      assert.ok(
        Math.abs(number(row["intra-rater coefficient"]) - printed[i]![2]!) < 0.1,
        JSON.stringify(row),
      );
    });
    assert.ok(number(rows[0]!["system coefficient"]) > 0.8, JSON.stringify(rows[0]));
    assert.ok(number(rows[1]!["system coefficient"]) > 0.75, JSON.stringify(rows[1]));
  });

  it("the text's figures stand beside the paper's", () => {
    const rows = ran.rows("text");
    assert.deepEqual(
      rows.slice(0, 3).map(({ paper }) => paper),
      [3.9, 95.6, 2],
    );
    assert.ok(number(rows[0]!.phantoms) < 10);
    assert.ok(number(rows[1]!.phantoms) > 80);
  });

  it("Figures 3 to 7 are there", () => {
    assert.equal(ran.bundles("figure-3").filter((data) => SLICES in data).length, 4);
    const cases = ran.rows("figure-3-table");
    assert.equal(new Set(cases.map((row) => row.case)).size, 4);
    assert.ok(cases.some((row) => row["flags raised"] !== "none"));
    const scores = ran.text("figure-4").split("\n").slice(1);
    assert.equal(scores.length, 15);
    for (const grade of [1, 2, 3, 4, 5])
      assert.ok(scores.some((line) => line.startsWith(`Pfirrmann grade ${grade}, `)));
    assert.equal(ran.bundles("figure-5").length, 2);
    for (const id of ["figure-6a", "figure-6b", "figure-6c"]) assert.ok(PLOT in ran.bundles(id)[0]!, id);
    const histogram = ran.rows("figure-6-table");
    assert.deepEqual(
      histogram.slice(0, 5).map((row) => row["model % (paper)"]),
      [31.4, 19.5, 20.2, 16.8, 12.1],
    );
    const hotspots = ran.text("figure-7").split("\n");
    assert.equal(hotspots.filter((line) => line === "evidence, slice 2").length, 6);
    assert.equal(hotspots.filter((line) => line === "evidence, slice 8").length, 6);
  });
});

