import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PLOT, RanNotebook } from "./support.js";

describe("niemeyer-2021.ipynb", () => {
  let ran: RanNotebook;

  it("runs to the end", () => {
    ran = new RanNotebook("niemeyer-2021");
  });

  it("Table 1 is the printed network, 2,355,021 parameters in all", () => {
    const rows = ran.rows("table-1");
    assert.equal(rows.length, 35);
    assert.equal(rows.at(-1)!.parameters, 2355021);
    const other = rows.slice(0, 34).filter((row) => row.parameters !== row["parameters (paper)"]);
    assert.deepEqual(
      other.map((row) => [row.layer, row.parameters, row["parameters (paper)"]]),
      [[16, 147584, 147854]],
    );
  });

  it("Table 2 has every reader and model beside the paper's", () => {
    const rows = ran.rows("table-2");
    const kappas = (source: string): unknown[] =>
      rows.filter((row) => row.source === source).map((row) => row["κ (linear)"]);
    assert.deepEqual(
      kappas("Niemeyer 2021").slice(0, 10),
      [0.867, 0.585, 0.92, 0.921, 0.91, 0.926, 0.919, 0.865, 0.9, 0.901],
    );
    const here = kappas("here");
    assert.equal(here.length, 10);
    assert.ok(Math.abs((here[0] as number) - 0.867) < 0.05, `intra-rater ${String(here[0])}`);
    assert.ok(Math.abs((here[1] as number) - 0.585) < 0.05, `inter-rater ${String(here[1])}`);
    // Hardly trained, but no model guesses: by chance kappa is 0 ± 0.1.
    for (const kappa of here.slice(2)) assert.ok((kappa as number) > 0.3, JSON.stringify(here));
  });

  it("Tables 3 and 4 stand beside the paper's", () => {
    const perGrade = ran.rows("table-3");
    assert.equal(perGrade.length, 20);
    assert.deepEqual(
      perGrade.slice(0, 4).map((row) => row["model (paper)"]),
      [0.901, 0.893, 0.897, 0.814],
    );
    const folds = ran.rows("folds");
    assert.deepEqual(
      folds.map((row) => row["10-fold cross-validation (paper)"]),
      [
        "81% (79%, 82%)",
        "91% (90%, 92%)",
        "0.906 (0.899, 0.914)",
        "0.903 (0.890, 0.916)",
        "0.871 (0.854, 0.888)",
        "0.096 (0.086, 0.105)",
        "0.958 (0.951, 0.964)",
      ],
    );
    for (const row of folds)
      assert.match(String(row["3-fold cross-validation"]), /^[\d.-]+%? \([\d.-]+%?, [\d.-]+%?\)$/);
  });

  it("Figures 1 to 5 are there", () => {
    for (const id of ["figure-1", "figure-2", "learning", "learning-grades", "resolution", "figure-5"])
      assert.ok(PLOT in ran.bundles(id).at(-1)!, id);
    assert.deepEqual(
      ran.rows("figure-1-table").map((row) => row["Genodisc (paper)"]),
      [61, 1067, 2953, 1783, 315],
    );
    assert.deepEqual(
      ran.rows("remarks").map(({ figure }) => figure),
      [2, 2, 3, 3, 4, 5, 5],
    );
  });
});

